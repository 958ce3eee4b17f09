-- Objects of every kind that PostgreSQL 14 has. The cases change them by hand; the first schema is an ordinary one.
CREATE SCHEMA shop;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE TYPE shop.state AS ENUM ('new', 'paid');
CREATE DOMAIN shop.email AS text CHECK (VALUE LIKE '%@%');
CREATE TYPE shop.address AS (street text, city text);
CREATE TYPE shop.span AS RANGE (subtype = int4);
CREATE TABLE shop.customer (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email shop.email NOT NULL UNIQUE,
    home shop.address,
    joined timestamptz NOT NULL DEFAULT '2020-01-01 00:00:00+00'
);
CREATE TABLE shop.orders (
    id serial PRIMARY KEY,
    customer bigint NOT NULL REFERENCES shop.customer ON DELETE CASCADE,
    state shop.state NOT NULL DEFAULT 'new',
    total numeric(10, 2) CONSTRAINT positive CHECK (total >= 0),
    taxed numeric GENERATED ALWAYS AS (total * 1.19) STORED,
    note text COLLATE "C",
    CONSTRAINT orders_once UNIQUE (customer, note) DEFERRABLE
);
CREATE TABLE shop.event (at date NOT NULL, kind text NOT NULL, PRIMARY KEY (at, kind)) PARTITION BY RANGE (at);
CREATE TABLE shop.event_2024 PARTITION OF shop.event FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE shop.event_2025 (LIKE shop.event INCLUDING ALL);
CREATE TABLE shop.base (id int);
CREATE TABLE shop.child () INHERITS (shop.base);
CREATE INDEX orders_total ON shop.orders (total DESC NULLS LAST) INCLUDE (note) WHERE total > 100;
CREATE INDEX orders_note ON shop.orders (lower(note));
CREATE VIEW shop.paid AS SELECT o.id, o.total, c.email FROM shop.orders o JOIN shop.customer c ON c.id = o.customer
    WHERE o.state = 'paid';
CREATE VIEW shop.paid_totals AS SELECT email, sum(total) AS total FROM shop.paid GROUP BY email;
CREATE MATERIALIZED VIEW shop.revenue AS SELECT state, sum(total) AS total FROM shop.orders GROUP BY state;
CREATE UNIQUE INDEX revenue_state ON shop.revenue (state);
CREATE FUNCTION shop.touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE FUNCTION shop.total_of(c bigint, since date DEFAULT '2024-01-01') RETURNS numeric LANGUAGE sql STABLE
    AS 'SELECT sum(total) FROM shop.orders WHERE customer = c';
CREATE PROCEDURE shop.tidy() LANGUAGE sql AS 'DELETE FROM shop.orders WHERE total = 0';
CREATE AGGREGATE shop.longest(text) (SFUNC = text_larger, STYPE = text);
CREATE TRIGGER touch BEFORE UPDATE ON shop.orders FOR EACH ROW EXECUTE FUNCTION shop.touch();
CREATE TRIGGER touch BEFORE UPDATE ON shop.customer FOR EACH ROW EXECUTE FUNCTION shop.touch();
CREATE RULE no_delete AS ON DELETE TO shop.base DO INSTEAD NOTHING;
ALTER TABLE shop.customer ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.customer FOR SELECT USING (email = current_user::text);
CREATE STATISTICS shop.orders_stats (dependencies) ON customer, state FROM shop.orders;
CREATE SEQUENCE shop.number START 10 INCREMENT 2;
CREATE PUBLICATION news FOR TABLE shop.orders;
COMMENT ON TABLE shop.orders IS 'what was bought';
COMMENT ON COLUMN shop.orders.total IS 'without tax';
GRANT SELECT ON shop.orders TO PUBLIC;
GRANT USAGE ON SCHEMA shop TO PUBLIC;

-- Objects of every other kind, and of every form that an ordinary one can have.
CREATE SCHEMA lab;
CREATE ACCESS METHOD pile TYPE TABLE HANDLER heap_tableam_handler;
CREATE ACCESS METHOD twig TYPE INDEX HANDLER hashhandler;
CREATE FUNCTION lab.scribe() RETURNS language_handler LANGUAGE c AS '$libdir/plpgsql', 'plpgsql_call_handler';
CREATE FUNCTION lab.scribe_inline(internal) RETURNS void LANGUAGE c STRICT AS '$libdir/plpgsql', 'plpgsql_inline_handler';
CREATE FUNCTION lab.scribe_validator(oid) RETURNS void LANGUAGE c STRICT AS '$libdir/plpgsql', 'plpgsql_validator';
CREATE TRUSTED LANGUAGE scribe HANDLER lab.scribe INLINE lab.scribe_inline VALIDATOR lab.scribe_validator;
CREATE COLLATION lab.plain (provider = libc, locale = 'C');
CREATE CONVERSION lab.latin FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;

CREATE TYPE lab.grade AS ENUM ('low', 'middle', 'high');
CREATE TYPE lab.part AS (name text COLLATE "C", weight numeric(6, 2));
CREATE TYPE lab.shell;
CREATE DOMAIN lab.quantity AS int DEFAULT 1 CONSTRAINT any_at_all CHECK (VALUE > 0) CONSTRAINT few CHECK (VALUE < 1000);
CREATE DOMAIN lab.word AS text COLLATE "C" NOT NULL;
CREATE FUNCTION lab.days(date, date) RETURNS float8 LANGUAGE sql IMMUTABLE AS 'SELECT ($1 - $2)::float8';
CREATE TYPE lab.period AS RANGE (subtype = date, subtype_diff = lab.days, multirange_type_name = lab.periods);
CREATE TYPE lab.steps;
CREATE FUNCTION lab.steps_canonical(lab.steps) RETURNS lab.steps LANGUAGE internal IMMUTABLE STRICT
    AS 'int4range_canonical';
CREATE TYPE lab.steps AS RANGE (subtype = int4, canonical = lab.steps_canonical);
CREATE TYPE lab.names AS RANGE (subtype = text, collation = "C");
CREATE TYPE lab.token;
CREATE FUNCTION lab.token_in(cstring) RETURNS lab.token LANGUAGE internal IMMUTABLE STRICT AS 'textin';
CREATE FUNCTION lab.token_out(lab.token) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'textout';
CREATE FUNCTION lab.token_receive(internal) RETURNS lab.token LANGUAGE internal STABLE STRICT AS 'textrecv';
CREATE FUNCTION lab.token_send(lab.token) RETURNS bytea LANGUAGE internal STABLE STRICT AS 'textsend';
CREATE TYPE lab.token (INPUT = lab.token_in, OUTPUT = lab.token_out, STORAGE = extended, ALIGNMENT = int4,
    COLLATABLE = true, DEFAULT = 'none', CATEGORY = 'U', DELIMITER = ';');

CREATE TABLE lab.parts OF lab.part (name WITH OPTIONS NOT NULL, PRIMARY KEY (name));
CREATE TABLE lab.archive (id int GENERATED BY DEFAULT AS IDENTITY (START 100 INCREMENT 5 CACHE 3), body text) USING pile
    WITH (fillfactor = 90, autovacuum_enabled = off, toast.vacuum_truncate = off);
CREATE UNLOGGED TABLE lab.scratch (a int, b text, c lab.grade DEFAULT 'low', d int4range, e point);
CREATE TABLE lab.mother (a int NOT NULL, b text DEFAULT 'm', CHECK (a > 0), CONSTRAINT mine CHECK (a < 100) NO INHERIT);
CREATE TABLE lab.father (a int NOT NULL, c date);
CREATE TABLE lab.twins (d int) INHERITS (lab.mother, lab.father);
CREATE TABLE lab.visit (at timestamptz NOT NULL, place text NOT NULL, n int, note text, PRIMARY KEY (at, place))
    PARTITION BY LIST (place);
CREATE TABLE lab.visit_here PARTITION OF lab.visit FOR VALUES IN ('here', 'near') PARTITION BY HASH (at);
CREATE TABLE lab.visit_here_0 PARTITION OF lab.visit_here FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE lab.visit_here_1 PARTITION OF lab.visit_here FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CREATE TABLE lab.visit_else PARTITION OF lab.visit DEFAULT;
CREATE TABLE lab.visit_there (at timestamptz NOT NULL, place text NOT NULL, n int, note text);
CREATE INDEX visit_n ON lab.visit (n);
CREATE TABLE lab.booking (
    room int NOT NULL, during lab.period NOT NULL, span int4range, code text NOT NULL, guest int, other int,
    CONSTRAINT booking_code UNIQUE (code) INCLUDE (guest) WITH (fillfactor = 70),
    CONSTRAINT booking_room UNIQUE (room, code) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT booking_alone EXCLUDE USING gist (span WITH &&) WHERE (room > 0)
);
CREATE TABLE lab.guest (id int, tenant int, name text, PRIMARY KEY (tenant, id));
CREATE TABLE lab.stay (
    id int PRIMARY KEY, tenant int, guest int, room int,
    CONSTRAINT stay_guest FOREIGN KEY (tenant, guest) REFERENCES lab.guest MATCH FULL ON UPDATE CASCADE ON DELETE RESTRICT
);
ALTER TABLE lab.stay ADD CONSTRAINT stay_room CHECK (room IS NOT NULL) NOT VALID;
CREATE INDEX stay_hash ON lab.stay USING hash (guest);
CREATE OPERATOR CLASS lab.twig_ints DEFAULT FOR TYPE int USING twig AS OPERATOR 1 =, FUNCTION 1 hashint4(int);
CREATE INDEX stay_twig ON lab.stay USING twig (room);
CREATE INDEX scratch_text ON lab.scratch (b COLLATE "C" text_pattern_ops DESC, a NULLS FIRST, (a + 1));
CREATE INDEX scratch_point ON lab.scratch USING gist (e) WITH (buffering = off);
CREATE INDEX scratch_trigrams ON lab.scratch USING gist (b gist_trgm_ops (siglen = 32));
CREATE UNIQUE INDEX guest_name ON lab.guest (name);
ALTER TABLE lab.guest CLUSTER ON guest_name;
CREATE SEQUENCE lab.counter AS int INCREMENT 2 MINVALUE 4 MAXVALUE 400 START 6 CACHE 5 CYCLE;
CREATE STATISTICS lab.stay_stats (ndistinct, mcv) ON tenant, guest, (room + 1) FROM lab.stay;

CREATE VIEW lab.rooms WITH (security_barrier = true) AS SELECT id, room AS number FROM lab.stay WHERE room > 0
    WITH CASCADED CHECK OPTION;
CREATE RECURSIVE VIEW lab.steps_down (n) AS SELECT 3 UNION ALL SELECT n - 1 FROM steps_down WHERE n > 0;
CREATE MATERIALIZED VIEW lab.guests USING pile WITH (fillfactor = 80) AS SELECT tenant, count(*) AS n FROM lab.guest
    GROUP BY tenant WITH NO DATA;
CREATE RULE stay_log AS ON INSERT TO lab.stay WHERE NEW.room > 10 DO ALSO INSERT INTO lab.father VALUES (1, NULL);
CREATE FUNCTION lab.fire() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
CREATE TRIGGER stay_fire AFTER INSERT OR UPDATE OF room, guest ON lab.stay FOR EACH ROW
    WHEN (NEW.room > 0) EXECUTE FUNCTION lab.fire('one', 'two');
CREATE TRIGGER stay_seen AFTER DELETE ON lab.stay REFERENCING OLD TABLE AS gone FOR EACH STATEMENT
    EXECUTE FUNCTION lab.fire();
CREATE CONSTRAINT TRIGGER stay_later AFTER INSERT ON lab.stay DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    EXECUTE FUNCTION lab.fire();
CREATE TRIGGER rooms_write INSTEAD OF INSERT ON lab.rooms FOR EACH ROW EXECUTE FUNCTION lab.fire();
CREATE TRIGGER visit_fire BEFORE INSERT ON lab.visit FOR EACH ROW EXECUTE FUNCTION lab.fire();
ALTER TABLE lab.guest ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY see ON lab.guest AS RESTRICTIVE FOR UPDATE TO clerk, visitor USING (tenant > 0) WITH CHECK (tenant > 1);
CREATE POLICY add ON lab.guest FOR INSERT WITH CHECK (id > 0);
CREATE FUNCTION lab.watch() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN END $$;
CREATE EVENT TRIGGER observe ON ddl_command_end WHEN TAG IN ('CREATE DOMAIN', 'DROP DOMAIN') EXECUTE FUNCTION lab.watch();

CREATE FUNCTION lab.add(a int, INOUT b int, OUT c text, VARIADIC d int[] DEFAULT '{}') RETURNS record LANGUAGE plpgsql
    STABLE STRICT PARALLEL SAFE COST 7 SET work_mem = '8MB' SET search_path = lab, pg_temp AS $$ BEGIN END $$;
CREATE FUNCTION lab.many(n int) RETURNS TABLE (x int, y text) LANGUAGE sql ROWS 50 SUPPORT generate_series_int4_support
    AS 'SELECT 1, ''a''';
CREATE FUNCTION lab.half(n int) RETURNS int LANGUAGE sql IMMUTABLE LEAKPROOF RETURN n / 2;
CREATE PROCEDURE lab.tidy(INOUT n int) LANGUAGE sql SECURITY DEFINER BEGIN ATOMIC; SELECT n; SELECT n + 1; END;
CREATE FUNCTION lab.rank() RETURNS bigint LANGUAGE internal WINDOW IMMUTABLE STRICT AS 'window_rank';
CREATE FUNCTION lab.read_part(internal) RETURNS internal LANGUAGE internal IMMUTABLE STRICT AS 'prsd_lextype';
CREATE FUNCTION lab.write_part(internal) RETURNS lab.part LANGUAGE internal IMMUTABLE STRICT AS 'prsd_lextype';
CREATE TRANSFORM FOR lab.part LANGUAGE scribe (FROM SQL WITH FUNCTION lab.read_part(internal),
    TO SQL WITH FUNCTION lab.write_part(internal));
CREATE FUNCTION lab.weigh(p lab.part) RETURNS int LANGUAGE scribe TRANSFORM FOR TYPE lab.part AS $$ BEGIN RETURN 1; END $$;
CREATE AGGREGATE lab.average(float8) (SFUNC = float8_accum, STYPE = float8[], SSPACE = 64, FINALFUNC = float8_avg,
    COMBINEFUNC = float8_combine, INITCOND = '{0,0,0}', PARALLEL = safe);
CREATE AGGREGATE lab.total(int8) (SFUNC = int8_avg_accum, STYPE = internal, SERIALFUNC = int8_avg_serialize,
    DESERIALFUNC = int8_avg_deserialize, COMBINEFUNC = int8_avg_combine, FINALFUNC = numeric_poly_sum,
    MSFUNC = int8_avg_accum, MINVFUNC = int8_avg_accum_inv, MSTYPE = internal, MFINALFUNC = numeric_poly_sum);
CREATE AGGREGATE lab.median(float8 ORDER BY anyelement) (SFUNC = ordered_set_transition, STYPE = internal,
    FINALFUNC = percentile_disc_final, FINALFUNC_EXTRA);
CREATE AGGREGATE lab.smallest(int) (SFUNC = int4smaller, STYPE = int, SORTOP = <);
CREATE AGGREGATE lab.place(VARIADIC "any" ORDER BY VARIADIC "any") (SFUNC = ordered_set_transition_multi,
    STYPE = internal, FINALFUNC = rank_final, FINALFUNC_EXTRA, HYPOTHETICAL);

CREATE FUNCTION lab.before(lab.part, lab.part) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1.weight < $2.weight';
CREATE FUNCTION lab.after(lab.part, lab.part) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1.weight > $2.weight';
CREATE FUNCTION lab.same(lab.part, lab.part) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1.weight = $2.weight';
CREATE FUNCTION lab.compare(lab.part, lab.part) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 0';
CREATE OPERATOR lab.<<| (LEFTARG = lab.part, RIGHTARG = lab.part, FUNCTION = lab.before, COMMUTATOR = OPERATOR(lab.|>>),
    RESTRICT = scalarltsel, JOIN = scalarltjoinsel);
CREATE OPERATOR lab.|>> (LEFTARG = lab.part, RIGHTARG = lab.part, FUNCTION = lab.after, COMMUTATOR = OPERATOR(lab.<<|));
CREATE OPERATOR lab.=== (LEFTARG = lab.part, RIGHTARG = lab.part, FUNCTION = lab.same, COMMUTATOR = OPERATOR(lab.===),
    MERGES, HASHES, RESTRICT = eqsel, JOIN = eqjoinsel);
CREATE OPERATOR lab.!! (RIGHTARG = int, FUNCTION = lab.half);
CREATE OPERATOR FAMILY lab.weights USING btree;
CREATE OPERATOR CLASS lab.by_weight FOR TYPE lab.part USING btree FAMILY lab.weights AS
    OPERATOR 1 lab.<<|, OPERATOR 3 lab.===, OPERATOR 5 lab.|>>, FUNCTION 1 lab.compare(lab.part, lab.part);
CREATE FUNCTION lab.as_text(lab.part) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT $1.name';
CREATE CAST (lab.part AS text) WITH FUNCTION lab.as_text(lab.part) AS ASSIGNMENT;
CREATE CAST (lab.token AS text) WITHOUT FUNCTION AS IMPLICIT;
CREATE CAST (lab.grade AS int) WITH INOUT;

CREATE TEXT SEARCH PARSER lab.reader (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end,
    LEXTYPES = prsd_lextype, HEADLINE = prsd_headline);
CREATE TEXT SEARCH TEMPLATE lab.pattern (INIT = dsimple_init, LEXIZE = dsimple_lexize);
CREATE TEXT SEARCH DICTIONARY lab.short (TEMPLATE = lab.pattern, accept = false, stopwords = english);
CREATE TEXT SEARCH CONFIGURATION lab.search (PARSER = lab.reader);
ALTER TEXT SEARCH CONFIGURATION lab.search ADD MAPPING FOR asciiword, word WITH lab.short, simple;

CREATE FOREIGN DATA WRAPPER nowhere OPTIONS (debug 'true');
CREATE SERVER elsewhere TYPE 'oracle' VERSION '7' FOREIGN DATA WRAPPER nowhere OPTIONS (host 'h', password 'hidden');
CREATE USER MAPPING FOR clerk SERVER elsewhere OPTIONS (user 'u', password 'hidden');
CREATE FOREIGN TABLE lab.far (id int OPTIONS (column_name 'ID') NOT NULL, name text, CHECK (id > 0)) SERVER elsewhere
    OPTIONS (table_name 'FAR');
CREATE PUBLICATION lab_all FOR ALL TABLES WITH (publish = 'insert');
CREATE PUBLICATION lab_some FOR TABLE lab.guest, lab.visit WITH (publish_via_partition_root = true);

COMMENT ON SCHEMA lab IS 'for trying out';
COMMENT ON FUNCTION lab.fire() IS 'fires';
GRANT SELECT, INSERT ON lab.guest TO clerk WITH GRANT OPTION;
GRANT SELECT (id, name), UPDATE (name) ON lab.guest TO visitor;
GRANT USAGE ON SEQUENCE lab.counter TO clerk;
GRANT EXECUTE ON FUNCTION lab.fire() TO clerk;
REVOKE EXECUTE ON FUNCTION lab.half(int) FROM PUBLIC;
GRANT USAGE ON TYPE lab.part TO clerk;
GRANT CREATE, USAGE ON SCHEMA lab TO clerk;
GRANT USAGE ON LANGUAGE scribe TO clerk;
GRANT USAGE ON FOREIGN SERVER elsewhere TO clerk;
ALTER DEFAULT PRIVILEGES IN SCHEMA lab GRANT SELECT ON TABLES TO clerk;
ALTER DEFAULT PRIVILEGES FOR ROLE keeper REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER TABLE lab.father OWNER TO keeper;
