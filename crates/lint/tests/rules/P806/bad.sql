CREATE TABLE fresh (id bigint PRIMARY KEY, price money, at timestamp);
ALTER TABLE orders ADD COLUMN cost money;
