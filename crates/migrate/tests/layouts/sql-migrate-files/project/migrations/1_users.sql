-- +migrate Up
create table users (id bigint);

-- +migrate Down
drop table users;
