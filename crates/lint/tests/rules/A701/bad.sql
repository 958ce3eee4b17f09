alter table orders add column extra json;
