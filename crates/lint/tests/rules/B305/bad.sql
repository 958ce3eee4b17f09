alter table orders alter column count drop default;
