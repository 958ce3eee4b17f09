alter table orders add constraint positive check (count >= 0);
alter table orders add column a int check (a > 0);
