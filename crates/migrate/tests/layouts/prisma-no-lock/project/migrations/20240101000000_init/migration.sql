-- groundline: irreversible because rows were merged
create table a (id bigint);
