-- +goose Down
drop table b;
