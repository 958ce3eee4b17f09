create index concurrently orders_total on orders (total);
