-- +migrate Up
create table e (id bigint);

-- +migrate Down
drop table e;
