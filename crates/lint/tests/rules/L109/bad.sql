alter table orders add constraint of_customer foreign key (customer_id) references customers (id);
alter table scratch add column c bigint default 1 references customers (id);
