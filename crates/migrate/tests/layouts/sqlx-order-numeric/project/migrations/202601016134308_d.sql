create table d (id bigint);
