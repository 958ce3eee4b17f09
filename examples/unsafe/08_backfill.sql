-- The column is quick. The backfill runs under its lock, in the same transaction, over every row.
alter table orders add column region text;
update orders set region = 'eu';
