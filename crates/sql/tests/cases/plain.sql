-- a table and an index
CREATE TABLE a (id bigint PRIMARY KEY, note text DEFAULT 'x;y');

/* ; */ CREATE INDEX a_note ON a (note); -- after; it
INSERT INTO a VALUES (1, 'it''s; fine') -- no semicolon at the end
