-- The schema that the fixtures meet.
create table customers (id bigint primary key, name text not null, email varchar(100), joined timestamp);
create table orders (
    id bigint primary key, customer_id bigint, total numeric(10,2), note text, code varchar(20), state text default 'new',
    placed_at timestamptz, count int not null default 0, constraint orders_code_check check (code <> '')
);
create index orders_note on orders (note);
create index orders_placed on orders (placed_at);
create unique index orders_count_id on orders (count, id);
create unique index orders_customer on orders (customer_id, id);
create table lines (id bigint primary key, order_id bigint references orders (id), amount int);
create table scratch (a int, b int);
create table events (id bigint, at date not null, body text) partition by range (at);
create table events_2024 partition of events for values from ('2024-01-01') to ('2025-01-01');
create table events_2025 (id bigint, at date not null, body text);
create table logs (id bigint, at date not null) partition by range (at);
create table logs_rest partition of logs default;
create table logs_2025 (id bigint, at date not null);
create view open_orders as select id, total from orders;
create materialized view totals as select count(*) as n from orders;
create domain money_text as text;
create table prices (id int primary key, price money_text);
create type state as enum ('a', 'b');
create table flags (id int primary key, state state);
create sequence numbers;
create function touch() returns trigger language plpgsql as $$ begin return new; end $$;
create function stamp() returns int language plpgsql volatile as $$ begin return 1; end $$;
create trigger touched before update on orders for each row execute function touch();
insert into customers (id, name) select g, 'n' || g from generate_series(1, 50) g;
insert into orders (id, customer_id, note, count) select g, g, 'n', g from generate_series(1, 50) g;
insert into scratch (a, b) select g, g from generate_series(1, 50) g;
