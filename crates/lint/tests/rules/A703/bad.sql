create table if not exists scratch (z text);
