alter table orders alter column code type text;
alter table orders alter column note type text collate "C";
