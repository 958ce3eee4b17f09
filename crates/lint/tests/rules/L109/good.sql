alter table orders add constraint of_customer foreign key (customer_id) references customers (id) not valid;
alter table scratch add column c bigint references customers (id);
