insert into scratch values (1, 2);
