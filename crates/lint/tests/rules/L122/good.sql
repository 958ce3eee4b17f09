alter table orders add constraint positive check (count >= 0) not valid;
commit;
alter table orders validate constraint positive;
