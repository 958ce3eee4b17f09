alter table orders add column a uuid default gen_random_uuid();
alter table orders add column b bigserial;
alter table orders add column c int generated always as identity;
alter table orders add column d int generated always as (count * 2) stored;
alter table orders add column e int default stamp();
