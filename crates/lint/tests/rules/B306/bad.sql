alter table orders alter column total type numeric(8,2);
