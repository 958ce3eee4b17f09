CREATE TYPE payment_method AS ENUM ('card', 'transfer');

CREATE TABLE payments (
    id           bigint GENERATED ALWAYS AS IDENTITY,
    order_id     bigint NOT NULL,
    method       payment_method NOT NULL DEFAULT 'card',
    amount_cents bigint NOT NULL,
    received_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT payments_pkey PRIMARY KEY (id),
    CONSTRAINT payments_order_id_fkey FOREIGN KEY (order_id) REFERENCES orders (id)
);

CREATE INDEX payments_order_id_idx ON payments (order_id);
