BEGIN;
alter type state add value 'c';
COMMIT;

BEGIN;
update flags set state = 'c' where id = 1;
COMMIT;
