-- Writers wait until the index is built.
create index orders_by_customer on orders (customer_id);
