alter table orders alter column count type bigint;
alter table customers alter column email type varchar(50);
alter table customers alter column joined type text using joined::text;
