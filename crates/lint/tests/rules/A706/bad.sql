create table fresh (id serial primary key, price money, name char(5));
