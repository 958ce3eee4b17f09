CREATE TABLE fresh (id bigint PRIMARY KEY);
COMMENT ON TABLE fresh IS 'One row a new thing';
