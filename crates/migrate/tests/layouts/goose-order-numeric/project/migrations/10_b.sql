-- +goose Up
create table b (id bigint);
