select 1;
-- +migrate Up
create table b (id bigint);

-- +migrate Down
drop table b;
