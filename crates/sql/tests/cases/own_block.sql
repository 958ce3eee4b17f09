-- the whole file in its own block
begin;
create table a (id int);
create table b (id int);
commit;
