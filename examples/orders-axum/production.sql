-- A copy of the production database, as somebody wrote and grew it by hand before there were migrations.
-- There is no history table: `groundline check --snapshot production.sql` finds out which revision this is
-- (20241118100000), stamps it, migrates it to head and proves that every row is still there.

SET client_encoding = 'UTF8';
SET TIME ZONE 'UTC';

create type payment_method as enum ('card', 'wallet', 'transfer');
create type order_status as enum ('pending', 'paid', 'shipped', 'cancelled');

create domain email_address text constraint email_address_shape check (value ~ '^[^@\s]+@[^@\s]+$');

create function touch_updated_at() returns trigger language plpgsql as $$
BEGIN
    NEW.updated_at := now();
    RETURN NEW;
END
$$;

-- ---------------------------------------------------------------- catalogue

create table products (
  id bigint generated always as identity primary key,
  sku text not null unique,
  name text not null,
  price_cents bigint not null constraint products_price_not_negative check (price_cents >= 0),
  created_at timestamptz default now() not null
);
comment on column products.price_cents is 'Price of one piece today; orders keep the price of their day';

-- ---------------------------------------------------------------- money comes in

create table payments (
  id bigint generated always as identity primary key,
  order_id bigint not null,
  method payment_method not null,
  amount_cents bigint not null,
  received_at timestamptz default now() not null,
  reference text,
  check (amount_cents > 0)
);
alter table payments rename constraint payments_amount_cents_check to payments_amount_positive;
alter table payments alter method set default 'card';
comment on column payments.reference is 'The provider''s own id of the payment; unique for each method';

create index payments_order_id_idx on payments (order_id);
create unique index payments_reference_once on payments (method, reference) where reference is not null;

-- ---------------------------------------------------------------- who buys what

create table customers (
  id bigint generated always as identity primary key,
  email email_address not null unique,
  full_name text not null,
  created_at timestamptz default now() not null,
  updated_at timestamptz default now() not null,
  address text
);

create table orders (
  id bigint generated always as identity primary key,
  customer_id bigint not null references customers,
  status order_status default 'pending' not null,
  placed_at timestamptz default now() not null,
  updated_at timestamptz default now() not null
);
create index orders_customer_id_idx on orders (customer_id);
create index orders_placed_at_idx on orders (placed_at desc);

alter table payments add foreign key (order_id) references orders;

create table order_items (
  order_id bigint not null references orders,
  product_id bigint not null references products,
  quantity int not null constraint order_items_quantity_positive check (quantity > 0),
  unit_price_cents bigint not null,
  line_total_cents bigint generated always as (quantity * unit_price_cents) stored
);
alter table order_items add primary key (order_id, product_id);
create index order_items_product_id_idx on order_items (product_id);

create trigger orders_touch_updated_at before update on orders for each row execute function touch_updated_at();
create trigger customers_touch_updated_at before update on customers for each row execute function touch_updated_at();

-- ---------------------------------------------------------------- what it comes to

create view order_totals as
  select orders.id as order_id, orders.customer_id, orders.status, orders.placed_at,
         coalesce(sum(order_items.line_total_cents), 0)::bigint as total_cents
  from orders left join order_items on order_items.order_id = orders.id
  group by orders.id;

create view monthly_revenue as
  select date_trunc('month', order_totals.placed_at at time zone 'UTC')::date as month,
         count(*) as orders,
         sum(order_totals.total_cents)::bigint as revenue_cents
  from order_totals
  where order_totals.status in ('paid', 'shipped')
  group by 1;
comment on view monthly_revenue is 'Revenue of paid and shipped orders by calendar month (UTC), in cents';
grant select on monthly_revenue to pg_monitor;

-- ---------------------------------------------------------------- rows

insert into products (sku, name, price_cents, created_at)
select 'SKU-' || lpad(n::text, 4, '0'),
       (array['Kettle', 'Teapot', 'Cup', 'Strainer', 'Tin', 'Scale'])[1 + n % 6] || ' No. ' || n,
       490 + (n * 731) % 9000,
       timestamptz '2024-03-04 09:30:00+00' + n * interval '5 hours'
from generate_series(1, 48) as n;

insert into customers (email, full_name, created_at, updated_at, address)
select 'customer' || n || '@example.com',
       (array['Ada', 'Grace', 'Edsger', 'Barbara', 'Tony', 'Radia', 'Donald'])[1 + n % 7]
         || case when n % 23 = 0 then '' else ' ' || (array['Martin', 'de Vries', 'Okafor', 'Nováková', 'Lindqvist'])[1 + n % 5] end,
       timestamptz '2024-03-05 08:00:00+00' + n * interval '31 hours',
       timestamptz '2024-03-05 08:00:00+00' + n * interval '37 hours',
       case when n % 4 <> 0 then n || ' Harbour Road' || E'\n' || 'Town ' || n % 12 end
from generate_series(1, 240) as n;

-- Every third order comes from one of a dozen regulars.
insert into orders (customer_id, status, placed_at, updated_at)
select 1 + (n * 37) % case when n % 3 = 0 then 12 else 240 end,
       (array['paid', 'shipped', 'shipped', 'pending', 'cancelled', 'shipped'])[1 + n % 6]::order_status,
       timestamptz '2024-04-01 10:00:00+00' + n * interval '8 hours',
       timestamptz '2024-04-01 16:00:00+00' + n * interval '8 hours'
from generate_series(1, 700) as n;

insert into order_items (order_id, product_id, quantity, unit_price_cents)
select orders.id, products.id, 1 + (orders.id + part) % 4, products.price_cents
from orders
cross join generate_series(1, 2) as part
join products on products.id = 1 + (orders.id * 7 + part * 11) % 48
order by orders.id, part;

-- Every sixth payment was made at the counter and has no reference; every tenth order was paid in two halves.
insert into payments (order_id, method, amount_cents, received_at, reference)
select order_id,
       (array['card', 'wallet', 'transfer', 'card', 'card'])[1 + (order_id + part) % 5]::payment_method,
       case when order_id % 10 <> 0 then total_cents when part = 1 then total_cents / 2 else total_cents - total_cents / 2 end,
       placed_at + part * interval '2 hours',
       case when (order_id + part) % 6 <> 0 then 'ref-' || order_id || '-' || part end
from order_totals
cross join generate_series(1, 2) as part
where status in ('paid', 'shipped') and (part = 1 or order_id % 10 = 0)
order by order_id, part;
