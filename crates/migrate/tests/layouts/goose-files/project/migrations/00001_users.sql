-- +goose Up
create table users (id bigint);
-- +goose Down
drop table users;
