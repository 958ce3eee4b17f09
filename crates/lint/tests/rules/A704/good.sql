create index on scratch (a);
alter table scratch add constraint of_customer foreign key (a) references customers (id) not valid;
