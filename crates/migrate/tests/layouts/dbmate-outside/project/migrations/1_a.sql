-- migrate:up transaction:false
create index concurrently i on t (id);

-- migrate:down
drop index i;
