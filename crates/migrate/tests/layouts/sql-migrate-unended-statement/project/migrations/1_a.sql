-- +migrate Up
-- +migrate StatementBegin
create table a (id bigint);

-- +migrate Down
drop table a;
