-- A shop that is in use: the scripts beside this file are run against it.
create table customers (id bigint primary key, name text not null, email varchar(100));
create table orders (
    id bigint primary key,
    customer_id bigint not null,
    total numeric(10,2) not null,
    note text,
    placed_at timestamptz not null default now()
);
create table refunds (id bigint primary key, order_id bigint not null references orders (id), total numeric(10,2));
create index orders_note on orders (note);
create view open_orders as select id, total from orders;
