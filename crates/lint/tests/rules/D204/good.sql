create schema fresh;
drop schema fresh;
