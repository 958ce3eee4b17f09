 -- no-transaction
create index concurrently k on t (id);
