-- +migrate Up
create table c (id bigint);

-- +migrate Down
-- nothing to downgrade!
