-- +goose Up
create table z (id bigint);
