insert into scratch (a, b) values (1, 2);
