alter table orders disable trigger touched;
update orders set note = '' where id = 1;
alter table orders enable trigger touched;
