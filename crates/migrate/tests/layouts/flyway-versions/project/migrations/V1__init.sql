create table a (id bigint);
