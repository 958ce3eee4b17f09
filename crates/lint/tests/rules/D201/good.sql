create table fresh (a int);
drop table fresh;
drop table if exists nothing_there;
