create table v (id bigint);
