BEGIN;
alter table orders add constraint positive check (count >= 0) not valid;
COMMIT;

BEGIN;
alter table orders validate constraint positive;
COMMIT;
