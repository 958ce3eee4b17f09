-- no-transaction
create index concurrently j on a (id);
