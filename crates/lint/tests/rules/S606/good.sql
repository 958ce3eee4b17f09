create table fresh (a int);
