create table if not exists scratch (a int, b int);
create table if not exists fresh (a int);
