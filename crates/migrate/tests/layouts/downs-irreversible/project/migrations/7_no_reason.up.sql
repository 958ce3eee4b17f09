create table g (id bigint);
