alter table orders add column region text not null;
