create view fresh as select 1 as a;
drop view fresh;
drop view if exists nothing_there;
