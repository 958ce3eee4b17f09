alter type state add value 'c';
commit;
update flags set state = 'c' where id = 1;
