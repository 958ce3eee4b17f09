-- with a byte order mark
CREATE TABLE a (id int);

CREATE TABLE b (
  id int -- comment
);
