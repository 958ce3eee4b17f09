-- migrate:up
create table b (id bigint);

-- migrate:down
