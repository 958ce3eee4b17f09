create table f (id bigint);
