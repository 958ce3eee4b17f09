alter table orders add constraint note_there check (note is not null) not valid;
commit;
alter table orders validate constraint note_there;
alter table orders alter column note set not null;
alter table customers alter column name set not null;
