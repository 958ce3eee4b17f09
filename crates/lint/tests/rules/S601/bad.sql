alter table orders disable trigger touched;
