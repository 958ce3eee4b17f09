-- The whole table is written anew, for a value of its own in each row.
alter table orders add column reference uuid not null default gen_random_uuid();
