alter table orders add column a int;
alter table customers add column a int;
