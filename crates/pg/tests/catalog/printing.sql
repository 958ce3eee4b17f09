-- Expressions, keys and constraints that are hard to tell apart: equal trees over columns of other names and types,
-- other trees over equal names, whole rows, system columns, names that have to be quoted.
CREATE SCHEMA print;

-- Tables whose columns have the same numbers, with each pair of names and types; each has the same expressions.
DO $$
DECLARE
    names text[] := ARRAY['a', 'b', 'A b', 'select', 'c"d', 'über'];
    types text[] := ARRAY['int', 'bigint', 'smallint', 'numeric(8, 2)', 'float8'];
    one text;
    of text;
    nth int := 0;
BEGIN
    FOREACH one IN ARRAY names LOOP
        FOREACH of IN ARRAY types LOOP
            nth := nth + 1;
            EXECUTE format($sql$
                CREATE TABLE print.%3$I (
                    %1$I %2$s DEFAULT 1 CHECK (%1$I > 0),
                    other %2$s DEFAULT - 1,
                    made %2$s GENERATED ALWAYS AS (%1$I * 2 + other) STORED,
                    note text DEFAULT lower('A' || current_user),
                    at timestamptz DEFAULT now() + '1 day'::interval,
                    CONSTRAINT pair CHECK (%1$I + other < 1000 AND NOT %1$I IS DISTINCT FROM other),
                    CONSTRAINT whole CHECK (%3$I.* IS NOT NULL),
                    CONSTRAINT home CHECK (tableoid <> 0),
                    CONSTRAINT noted CHECK (note ~ '^ü' OR length(note) > %1$I OR %1$I IN (1, 2, 3))
                );
                CREATE INDEX %4$I ON print.%3$I (%1$I) WHERE %1$I > 5 AND other < 3;
                CREATE INDEX %5$I ON print.%3$I ((%1$I + other), lower(note), (note || ' '));
                $sql$, one, of, 't ' || nth, 't ' || nth || ' some', 't ' || nth || ' sums');
        END LOOP;
    END LOOP;
END $$;
-- Numbers that name other columns than before.
CREATE TABLE print.dropped (gone int, a int, b int, CHECK (a > b));
ALTER TABLE print.dropped DROP COLUMN gone;
CREATE TABLE print.renamed (a int, b int, CHECK (a > b));
ALTER TABLE print.renamed RENAME a TO c;
CREATE TABLE print.turned (b int, a int, CHECK (a > b));
CREATE TABLE print.heirs (z int) INHERITS (print.turned);

-- Columns of columns, rows, arrays, types by name.
CREATE TYPE print.pair AS ("left" int, "Right" text);
CREATE TYPE print.other_pair AS (l int, r text);
CREATE TABLE print.pairs (p print.pair, q print.pair[], CHECK ((p)."left" > 0), CHECK ((q[1])."Right" <> ''));
CREATE TABLE print.other_pairs (p print.other_pair, q print.other_pair[], CHECK ((p).l > 0), CHECK ((q[1]).r <> ''));
CREATE DOMAIN print.code AS varchar(8) COLLATE "C";
CREATE SEQUENCE print.ticket;
CREATE SEQUENCE print."Ticket";
CREATE FUNCTION print.half(int, up boolean DEFAULT false) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 / 2';
CREATE FUNCTION print.half(bigint) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1';
CREATE TABLE print.calls (
    a int DEFAULT nextval('print.ticket'), b int DEFAULT nextval('print."Ticket"'),
    c int DEFAULT print.half(3), d int DEFAULT print.half(3, up => true), e int DEFAULT print.half(3::bigint),
    f print.code DEFAULT 'x'::print.code, g varchar(5) DEFAULT 'x'::varchar(5), h varchar(6) DEFAULT 'x'::varchar(6),
    i interval DEFAULT '1 year 2 mons 3 days', j date DEFAULT '2020-02-29', k bytea DEFAULT '\x00ff',
    l float8 DEFAULT 0.1::float4, m bit(3) DEFAULT B'101', n text DEFAULT E'a\\b''c', o jsonb DEFAULT '{"a": 1}',
    p int[] DEFAULT ARRAY[1, NULL], q print.pair DEFAULT ROW(1, 'a')::print.pair, r text DEFAULT NULL,
    CHECK (CASE a WHEN 1 THEN b > 0 ELSE c BETWEEN 1 AND 2 END), CHECK (f IN ('a', 'b')), CHECK (n COLLATE "C" > 'a')
);

-- Keys: classes, collations, orders, options, methods, names.
CREATE TABLE print.keys (
    "Id" int, t text, v varchar(9), c char(3), d print.code, "select" text COLLATE "C", j jsonb, r int4range, a int[],
    n name, p point, s tsvector, e inet
);
CREATE INDEX keys_orders ON print.keys ("Id" DESC, t ASC NULLS FIRST, v DESC NULLS LAST, "select");
CREATE INDEX keys_classes ON print.keys (t text_pattern_ops, v varchar_pattern_ops, c bpchar_pattern_ops, d, n);
CREATE INDEX keys_collations ON print.keys (t COLLATE "C", "select" COLLATE "C", "select" COLLATE "POSIX", d COLLATE "POSIX");
CREATE UNIQUE INDEX "Keys Unique" ON print.keys ("Id", "select") INCLUDE (t, v) WITH (deduplicate_items = off, fillfactor = 70)
    WHERE "select" IS NOT NULL;
CREATE INDEX keys_expressions ON print.keys (lower(t), (t || v), (lower(t) COLLATE "C"), upper(d::text) text_pattern_ops, ((a)[1]));
CREATE INDEX keys_gin ON print.keys USING gin (j jsonb_path_ops, a, s) WITH (fastupdate = off);
CREATE INDEX keys_gin_usual ON print.keys USING gin (j, a);
CREATE INDEX keys_gist ON print.keys USING gist (r, p, s tsvector_ops (siglen = 100), e inet_ops);
CREATE INDEX keys_spgist ON print.keys USING spgist (p kd_point_ops);
CREATE INDEX keys_brin ON print.keys USING brin ("Id" int4_minmax_multi_ops (values_per_range = 16), e inet_inclusion_ops)
    WITH (pages_per_range = 8);
CREATE INDEX keys_hash ON print.keys USING hash (d);
CREATE INDEX keys_expression_gin ON print.keys USING gin ((j -> 'a'), to_tsvector('simple', t));

-- Constraints.
CREATE TABLE print.target ("Id" int, b int, c int, PRIMARY KEY ("Id", b), UNIQUE (c), UNIQUE (b, c));
CREATE TABLE print.source (
    x int, y int, z int,
    CONSTRAINT "f 1" FOREIGN KEY (x, y) REFERENCES print.target MATCH FULL ON UPDATE CASCADE ON DELETE SET NULL
        DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT f2 FOREIGN KEY (z) REFERENCES print.target (c) ON UPDATE SET DEFAULT ON DELETE RESTRICT DEFERRABLE,
    CONSTRAINT f3 FOREIGN KEY (z, x) REFERENCES print.target (c, b) ON UPDATE SET NULL ON DELETE SET DEFAULT,
    CONSTRAINT u UNIQUE (y, x) INCLUDE (z) DEFERRABLE,
    CONSTRAINT alone EXCLUDE USING btree (x WITH =, (y + z) WITH =) WHERE (z > 0) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT mine CHECK (x > y) NO INHERIT
);
ALTER TABLE print.source ADD CONSTRAINT late CHECK (z > 0) NOT VALID,
    ADD CONSTRAINT f4 FOREIGN KEY (z) REFERENCES print.target (c) NOT VALID;
CREATE TABLE print.parted (a int, b text, c date DEFAULT '2020-01-01', PRIMARY KEY (a, c), CHECK (b <> '')) PARTITION BY RANGE (c);
CREATE TABLE print.part PARTITION OF print.parted FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE INDEX ON print.parted (lower(b)) WHERE a > 0;
