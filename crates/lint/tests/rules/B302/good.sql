alter index orders_note rename to by_note;
alter table lines rename to order_lines;
create view lines as select * from order_lines;
