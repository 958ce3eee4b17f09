create index CONCURRENTLY orders_total on orders (total);

BEGIN;
create index on events (id);
COMMIT;
