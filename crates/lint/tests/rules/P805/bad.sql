CREATE SCHEMA other;
CREATE TABLE other.fresh (id bigint PRIMARY KEY);
