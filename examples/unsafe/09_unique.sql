-- Everybody waits while the index of the constraint is built.
alter table customers add constraint customers_email unique (email);
