create table e (id bigint);
