BEGIN;
alter table orders ADD CONSTRAINT of_customer foreign key (customer_id) references customers (id) NOT VALID;
alter table scratch add column c bigint default 1 references customers (id);
COMMIT;

BEGIN;
alter table orders VALIDATE CONSTRAINT of_customer;
COMMIT;
