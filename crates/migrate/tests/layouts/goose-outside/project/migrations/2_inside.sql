-- +goose Up
-- +goose NO TRANSACTION
create index concurrently j on t (id);
