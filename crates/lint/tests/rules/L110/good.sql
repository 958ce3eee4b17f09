alter table orders add constraint by_count unique using index orders_count_id;
