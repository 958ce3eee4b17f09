-- +migrate Up notransaction
create index concurrently i on t (id);

-- +migrate Down
drop index i;
