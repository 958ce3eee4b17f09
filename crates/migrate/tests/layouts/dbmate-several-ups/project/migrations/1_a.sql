-- migrate:up
create table a (id bigint);

-- migrate:down
drop table a;
-- migrate:up
create table b (id bigint);

-- migrate:down
drop table b;
