update orders set note = 'x' where id = 1;
create table fresh (a int);
update fresh set a = 1;
