-- migrate:up transaction:true
create table c (id bigint);

-- migrate:down
drop table c;
