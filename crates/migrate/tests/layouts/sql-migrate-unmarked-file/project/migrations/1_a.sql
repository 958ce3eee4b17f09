-- +migrate Up
create table a (id bigint);

-- +migrate Down
drop table a;
