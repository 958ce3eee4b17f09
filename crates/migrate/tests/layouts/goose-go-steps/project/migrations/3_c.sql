-- +goose ENVSUB ON
-- +goose Up
create table c (id bigint);
