alter table customers alter column email type text;
alter table customers alter column name type text collate "C";
