create table h (id bigint);
