-- +goose Up
create table c (id bigint);
