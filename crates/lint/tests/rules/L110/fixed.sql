CREATE UNIQUE INDEX CONCURRENTLY one_note ON orders (note, id);

BEGIN;
alter table orders ADD CONSTRAINT one_note UNIQUE USING INDEX one_note;
alter table scratch ADD CONSTRAINT a_not_null CHECK (a IS NOT NULL) NOT VALID;
COMMIT;

BEGIN;
alter table scratch VALIDATE CONSTRAINT a_not_null;
alter table scratch ALTER COLUMN a SET NOT NULL;
alter table scratch DROP CONSTRAINT a_not_null;
COMMIT;

CREATE UNIQUE INDEX CONCURRENTLY scratch_pkey ON scratch (a);

BEGIN;
alter table scratch ADD CONSTRAINT scratch_pkey PRIMARY KEY USING INDEX scratch_pkey;
alter table orders add column a int unique;
COMMIT;
