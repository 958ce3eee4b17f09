CREATE TABLE fresh (id bigint PRIMARY KEY, user_name text, CONSTRAINT fresh_positive CHECK (id > 0));
CREATE INDEX CONCURRENTLY orders_id_idx ON orders (id);
CREATE TEMP TABLE "Scratch" (id int);
