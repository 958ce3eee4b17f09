create index concurrently if not exists orders_total on orders (total);
