CREATE TABLE fresh (id bigint PRIMARY KEY, price numeric(12, 2), at timestamptz);
