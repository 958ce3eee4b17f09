-- Takes the wrong table.
DROP TABLE users;
