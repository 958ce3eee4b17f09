create table fresh (a int primary key);
create table another (like fresh including all);
create table keyed_later (a int not null, b int);
create table unique_later (a int not null, b int);
alter table keyed_later add constraint keyed_later_pkey primary key (a);
create unique index unique_later_a on unique_later (a);
create table unique_here (a int not null, b int not null, unique (a, b));
