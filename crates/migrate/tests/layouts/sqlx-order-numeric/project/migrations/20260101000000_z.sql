create table z (id bigint);
