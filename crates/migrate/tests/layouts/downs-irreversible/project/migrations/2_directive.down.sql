-- groundline: irreversible because rows were merged
drop table b;
