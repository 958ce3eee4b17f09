create index orders_total on orders (total);
create index on events (id);
