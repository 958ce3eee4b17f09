-- No text shows what this does.
do $$
begin
    execute format('alter table %I alter column %I type bigint', 'refunds', 'total');
end
$$;
