-- An address that mail could be sent to; anything stricter refuses real customers.
CREATE DOMAIN email_address AS text
    CONSTRAINT email_address_shape CHECK (VALUE ~ '^[^@\s]+@[^@\s]+$');

CREATE TABLE customers (
    id         bigint GENERATED ALWAYS AS IDENTITY,
    email      email_address NOT NULL,
    full_name  text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT customers_pkey PRIMARY KEY (id),
    CONSTRAINT customers_email_key UNIQUE (email)
);
