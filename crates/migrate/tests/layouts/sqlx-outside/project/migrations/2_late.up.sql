-- a licence
-- no-transaction
create index concurrently j on t (id);
