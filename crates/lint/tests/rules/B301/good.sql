create table fresh (a int);
alter table fresh rename column a to b;
alter table orders rename constraint orders_code_check to code_there;
