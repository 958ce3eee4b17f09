-- migrate:down
drop table a;
-- migrate:up
create table a (id bigint);
