create index concurrently orders_total on orders (total);
create index on only events (id);
create table fresh (a int);
create index on fresh (a);
