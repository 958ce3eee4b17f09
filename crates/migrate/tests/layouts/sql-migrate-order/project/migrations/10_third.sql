-- +migrate Up
create table c (id bigint);

-- +migrate Down
drop table c;
