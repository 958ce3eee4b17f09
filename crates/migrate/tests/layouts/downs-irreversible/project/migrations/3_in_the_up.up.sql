-- groundline: irreversible because the letters were sent
create table c (id bigint);
