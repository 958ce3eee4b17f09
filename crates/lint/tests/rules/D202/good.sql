alter table orders drop column if exists nothing_there;
alter table orders alter column note drop default;
