-- +migrate Up
create table b (id bigint);

-- +migrate Down notransaction
drop index concurrently i;
