alter table orders add column region text;
commit;
update orders set region = 'eu' where id between 1 and 1000;
