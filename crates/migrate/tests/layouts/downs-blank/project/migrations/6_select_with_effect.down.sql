select drop_it(1);
