CREATE TABLE addresses (
    id          bigint GENERATED ALWAYS AS IDENTITY,
    customer_id bigint NOT NULL,
    lines       text NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT addresses_pkey PRIMARY KEY (id),
    CONSTRAINT addresses_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers (id)
);

CREATE INDEX addresses_customer_id_idx ON addresses (customer_id);

INSERT INTO addresses (customer_id, lines, created_at)
SELECT id, address, updated_at FROM customers WHERE address IS NOT NULL ORDER BY id;

ALTER TABLE customers DROP COLUMN address;
