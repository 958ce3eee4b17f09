create table fresh (a int primary key);
create table another (like fresh including all);
