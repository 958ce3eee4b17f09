-- +goose Up
create table a (id bigint);
  -- +goose Down
drop table a;
