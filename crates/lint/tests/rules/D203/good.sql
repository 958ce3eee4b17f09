create table fresh (a int);
truncate fresh;
