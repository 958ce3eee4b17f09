alter table orders add column region text not null default 'eu';
alter table orders add column zone text;
