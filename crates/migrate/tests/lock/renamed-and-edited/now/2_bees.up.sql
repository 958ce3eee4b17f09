CREATE TABLE b (id text);
