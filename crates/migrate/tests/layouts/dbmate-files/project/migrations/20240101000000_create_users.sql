-- migrate:up
create table users (id bigint);

-- migrate:down
drop table users;
