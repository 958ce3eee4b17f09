-- no-transaction
drop index concurrently j;
