
-- What came with PostgreSQL 16.
CREATE SCHEMA lab16;
CREATE TABLE lab16.note (body text STORAGE EXTERNAL);
