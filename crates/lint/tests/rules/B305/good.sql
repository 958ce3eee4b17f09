alter table orders alter column state set default 'open';
alter table orders alter column count drop default;
alter table orders alter column count type bigint;
alter table orders alter column count set default 0;
alter table orders add column region text default 'eu';
alter table orders alter column region drop default;
