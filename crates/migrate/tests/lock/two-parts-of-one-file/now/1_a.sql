-- +goose Up
CREATE TABLE a (id bigint);
-- +goose Down
DROP TABLE IF EXISTS a;
