-- Writers of both tables wait while each row is looked up.
alter table orders add constraint orders_customer foreign key (customer_id) references customers (id);
