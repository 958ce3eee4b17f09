-- +goose Up
-- +goose StatementBegin
create table d (id bigint);
-- +goose StatementEnd
-- +goose Down
-- +goose StatementBegin
SELECT 'down SQL query';
-- +goose StatementEnd
