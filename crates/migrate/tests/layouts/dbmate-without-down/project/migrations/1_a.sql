-- migrate:up
create table a (id bigint);
