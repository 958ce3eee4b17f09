-- no-transaction
CREATE TABLE a (id bigint);
