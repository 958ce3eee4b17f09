-- Somebody made the column longer to write, and the index by another name.
CREATE TABLE users (id bigint PRIMARY KEY, email varchar(200));
CREATE INDEX users_by_email ON users (email);
INSERT INTO users VALUES (1, 'ada@example.org'), (2, 'grace@example.org');
