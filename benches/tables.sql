-- Tables as a grown application has them, `:tables` of them: each with eight columns, an identity, a primary key, a check,
-- two further indexes, a foreign key to the one before, and two comments. For `cargo xtask bench-catalog` and `bench-diff`.
CREATE SCHEMA grown;
SELECT set_config('grown.tables', :'tables', false) \g /dev/null

-- In transactions of a hundred tables: one of ten thousand would need more locks than a server has.
DO $$
BEGIN
    FOR n IN 1..current_setting('grown.tables')::int LOOP
        EXECUTE format('CREATE TABLE grown.things_%s (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            parent_id bigint,
            name text NOT NULL,
            state varchar(20) NOT NULL DEFAULT ''draft'',
            amount numeric(12, 2) NOT NULL DEFAULT 0,
            notes jsonb,
            created_at timestamptz NOT NULL DEFAULT now(),
            changed_at timestamptz NOT NULL DEFAULT now(),
            CONSTRAINT things_%1$s_amount CHECK (amount >= 0)
        )', n);
        EXECUTE format('CREATE INDEX things_%s_created ON grown.things_%1$s (created_at DESC)', n);
        EXECUTE format('CREATE INDEX things_%s_name ON grown.things_%1$s (name, state)', n);
        EXECUTE format('COMMENT ON TABLE grown.things_%s IS ''Things of kind %1$s''', n);
        EXECUTE format('COMMENT ON COLUMN grown.things_%s.state IS ''State of things %1$s''', n);
        IF n > 1 THEN
            EXECUTE format('ALTER TABLE grown.things_%s ADD CONSTRAINT things_%1$s_parent
                FOREIGN KEY (parent_id) REFERENCES grown.things_%s', n, n - 1);
        END IF;
        IF n % 100 = 0 THEN
            COMMIT;
        END IF;
    END LOOP;
END
$$;
VACUUM ANALYZE;
