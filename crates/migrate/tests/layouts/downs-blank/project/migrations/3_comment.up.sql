create table c (id bigint);
