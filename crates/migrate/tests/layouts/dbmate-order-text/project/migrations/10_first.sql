-- migrate:up
create table a (id bigint);

-- migrate:down
drop table a;
