-- +goose NO TRANSACTION
-- +goose Up
create index concurrently i on t (id);
-- +goose Down
drop index concurrently i;
