-- the second half is irreversible
drop table h;
