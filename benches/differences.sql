-- Fifty differences from the schema that `tables.sql` made, spread over its tables, of ten kinds. For `cargo xtask bench-diff`.
DO $$
DECLARE
    tables int := (SELECT count(*) FROM pg_class WHERE relnamespace = 'grown'::regnamespace AND relkind = 'r');
    n int;
BEGIN
    FOR difference IN 1..50 LOOP
        n := 2 + (difference - 1) * (tables - 2) / 50;
        EXECUTE format(
            (ARRAY[
                'ALTER TABLE grown.things_%1$s ADD COLUMN weight int',
                'ALTER TABLE grown.things_%1$s ALTER COLUMN state TYPE varchar(40)',
                'ALTER TABLE grown.things_%1$s ALTER COLUMN state SET DEFAULT ''new''',
                'ALTER TABLE grown.things_%1$s ALTER COLUMN name DROP NOT NULL',
                'CREATE INDEX things_%1$s_changed ON grown.things_%1$s (changed_at)',
                'DROP INDEX grown.things_%1$s_created',
                'COMMENT ON COLUMN grown.things_%1$s.notes IS ''Notes of things %1$s''',
                'ALTER TABLE grown.things_%1$s ADD CONSTRAINT things_%1$s_name CHECK (name <> '''')',
                'CREATE TABLE grown.parts_%1$s (id bigint PRIMARY KEY, thing_id bigint REFERENCES grown.things_%1$s)',
                'ALTER TABLE grown.things_%1$s DROP CONSTRAINT things_%1$s_parent'
            ])[1 + difference % 10],
            n
        );
    END LOOP;
END
$$;
