-- migrate:up
CREATE TABLE a (id bigint);
