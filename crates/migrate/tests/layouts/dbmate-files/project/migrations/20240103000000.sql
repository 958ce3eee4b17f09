-- a comment first
--migrate:up
create table c (id bigint);
--migrate:down
drop table c;
