CREATE TABLE fresh (id bigint PRIMARY KEY);
CREATE TEMP TABLE scratch (id int);
