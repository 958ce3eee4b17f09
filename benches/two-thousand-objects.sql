-- A schema of 200 tables and 2,000 objects, as a grown application has them: 1 schema, 1 enum, 1 domain,
-- 1 trigger function, 200 tables with 8 columns each, 200 sequences, 200 primary keys, 199 foreign keys,
-- 200 checks, 200 unique constraints, 400 further indexes, 200 triggers, 97 views, 100 functions. Columns and 200 comments not counted.
CREATE SCHEMA grown;
SET search_path = grown;

CREATE TYPE state AS ENUM ('draft', 'open', 'closed');
CREATE DOMAIN label AS text CHECK (VALUE <> '');
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.changed_at := now();
    RETURN NEW;
END
$$;

DO $$
BEGIN
    FOR n IN 1..200 LOOP
        EXECUTE format('CREATE TABLE things_%s (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            parent_id bigint,
            name label NOT NULL,
            state state NOT NULL DEFAULT ''draft'',
            amount_cents bigint NOT NULL DEFAULT 0,
            notes jsonb,
            created_at timestamptz NOT NULL DEFAULT now(),
            changed_at timestamptz NOT NULL DEFAULT now(),
            CONSTRAINT things_%1$s_amount CHECK (amount_cents >= 0),
            CONSTRAINT things_%1$s_name UNIQUE (parent_id, name)
        )', n);
        EXECUTE format('CREATE INDEX things_%s_created ON things_%1$s (created_at DESC)', n);
        EXECUTE format('CREATE INDEX things_%s_open ON things_%1$s (lower(name)) WHERE state = ''open''', n);
        EXECUTE format('CREATE TRIGGER touch BEFORE UPDATE ON things_%s FOR EACH ROW EXECUTE FUNCTION touch()', n);
        EXECUTE format('COMMENT ON TABLE things_%s IS ''Things of kind %1$s''', n);
        IF n > 1 THEN
            EXECUTE format('ALTER TABLE things_%s ADD CONSTRAINT things_%1$s_parent
                FOREIGN KEY (parent_id) REFERENCES things_%s', n, n - 1);
        END IF;
        IF n <= 97 THEN
            EXECUTE format('CREATE VIEW open_things_%s AS
                SELECT id, name, amount_cents, created_at FROM things_%1$s WHERE state = ''open''', n);
        END IF;
        IF n <= 100 THEN
            EXECUTE format('CREATE FUNCTION total_of_things_%s(of state) RETURNS bigint LANGUAGE sql STABLE AS
                ''SELECT sum(amount_cents) FROM grown.things_%1$s WHERE state = $1''', n);
        END IF;
    END LOOP;
END
$$;
