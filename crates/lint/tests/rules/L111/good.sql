alter table orders drop constraint orders_pkey cascade;
alter table orders add constraint orders_key primary key using index orders_count_id;
