alter table scratch set logged;
alter table scratch set access method heap;
alter table scratch set tablespace pg_default;
alter table scratch set (fillfactor = 70);
