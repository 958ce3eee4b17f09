alter table orders replica identity full;
