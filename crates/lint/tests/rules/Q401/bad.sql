update orders set note = 'x';
delete from lines where true;
