CREATE TABLE users (id bigint PRIMARY KEY, email text);
CREATE TABLE users_2026 (id bigint PRIMARY KEY, email text);
CREATE INDEX by_hand ON users (email);
