-- +migrate Up
create table d (id bigint);

-- +migrate Down
drop table d;
