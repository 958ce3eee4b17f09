-- Gone, with the index on it.
alter table orders drop column note;
