-- +goose Up
-- +goose StatementBegin
create function f() returns void language plpgsql as $$
begin
  perform 1;
end $$;
-- +goose StatementEnd
-- +goose Down
drop function f();
