DROP TABLE /* if any */ b;
