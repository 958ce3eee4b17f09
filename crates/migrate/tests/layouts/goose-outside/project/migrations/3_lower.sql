-- +goose up
create table c (id bigint);
-- +goose down
drop table c;
