-- ignored
-- +migrate Up
create table a (id bigint);

-- +migrate Down
drop table a;
-- +migrate Up
create table ä (id bigint);

-- +migrate Down
drop table ä;
