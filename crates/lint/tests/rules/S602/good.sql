create policy own on orders using (customer_id = 1);
alter table orders enable row level security;
