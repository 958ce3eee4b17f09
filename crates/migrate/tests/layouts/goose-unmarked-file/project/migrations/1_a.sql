-- +goose Up
create table a (id bigint);
