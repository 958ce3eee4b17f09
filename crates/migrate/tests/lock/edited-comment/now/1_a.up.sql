-- all of them
CREATE TABLE a
  (id bigint);
