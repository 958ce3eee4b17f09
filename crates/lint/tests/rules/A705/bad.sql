alter table orders add constraint positive check (count >= 0) not valid;
