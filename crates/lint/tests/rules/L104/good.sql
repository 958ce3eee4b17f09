alter table orders add column a timestamptz not null default now();
alter table orders add column b int not null default 5;
alter table orders add column c text;
alter table orders add column d money_text;
