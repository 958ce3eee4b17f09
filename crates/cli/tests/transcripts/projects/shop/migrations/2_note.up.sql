ALTER TABLE users ADD COLUMN note text;
SELECT pg_sleep(2);
