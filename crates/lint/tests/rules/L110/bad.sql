alter table orders add constraint one_note unique (note, id);
alter table scratch add primary key (a);
alter table orders add column a int unique;
