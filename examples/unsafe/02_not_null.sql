-- Everybody waits while the table is read.
alter table orders alter column note set not null;
