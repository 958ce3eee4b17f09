BEGIN;
alter table orders ADD CONSTRAINT note_not_null CHECK (note IS NOT NULL) NOT VALID;
COMMIT;

BEGIN;
alter table orders VALIDATE CONSTRAINT note_not_null;
alter table orders ALTER COLUMN note SET NOT NULL;
alter table orders DROP CONSTRAINT note_not_null;
COMMIT;
