BEGIN;
alter table orders add column region text;
COMMIT;

BEGIN;
update orders set region = 'eu' where region is null;
COMMIT;
