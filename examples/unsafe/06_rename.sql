-- The release that runs knows the old name, the one that comes the new one.
alter table customers rename column name to full_name;
