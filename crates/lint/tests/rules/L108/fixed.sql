BEGIN;
alter table orders ADD CONSTRAINT positive check (count >= 0) NOT VALID;
alter table orders add column a int check (a > 0);
COMMIT;

BEGIN;
alter table orders VALIDATE CONSTRAINT positive;
COMMIT;
