alter table orders add column a int;
alter table orders add column b int;
