alter type state add value 'c';
update flags set state = 'c' where id = 1;
