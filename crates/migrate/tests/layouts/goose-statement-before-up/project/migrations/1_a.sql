select 1;
-- +goose Up
create table a (id bigint);
