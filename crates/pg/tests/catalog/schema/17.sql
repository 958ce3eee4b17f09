
-- What came with PostgreSQL 17.
CREATE SCHEMA lab17;
CREATE COLLATION lab17.bytes (provider = builtin, locale = 'C.UTF-8');
CREATE TABLE lab17.total (a int, b int GENERATED ALWAYS AS (a * 2) STORED);
