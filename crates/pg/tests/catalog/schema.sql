-- A schema with every kind of object that ordinary applications have. `edits.txt` changes it by hand.
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
