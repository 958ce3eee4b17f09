create table fresh (a int);
alter table fresh rename column a to b;
alter table orders rename constraint orders_code_check to code_there;
alter table orders add column total_new numeric(12,2);
alter table orders drop column total cascade;
alter table orders rename column total_new to total;
