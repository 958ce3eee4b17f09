-- migrate:up
create table b (id bigint);

-- migrate:down  foo:bar transaction:false
drop index concurrently i;
