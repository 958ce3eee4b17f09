-- A copy of production, from before Alembic: there is no alembic_version, and create_all made the tables.
CREATE TABLE customers (
    id SERIAL NOT NULL,
    email TEXT NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (email)
);
CREATE TABLE products (
    id SERIAL NOT NULL,
    name TEXT NOT NULL,
    price NUMERIC(12, 2) NOT NULL,
    PRIMARY KEY (id)
);
CREATE TABLE orders (
    id SERIAL NOT NULL,
    customer_id INTEGER NOT NULL,
    product_id INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    placed_at TIMESTAMP WITHOUT TIME ZONE DEFAULT now() NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY (customer_id) REFERENCES customers (id),
    FOREIGN KEY (product_id) REFERENCES products (id)
);
INSERT INTO customers (email) VALUES ('ada@example.org'), ('grace@example.org');
INSERT INTO products (name, price) VALUES ('lamp', 39.90), ('desk', 240.00), ('chair', 120.00);
INSERT INTO orders (customer_id, product_id, quantity, placed_at)
VALUES (1, 1, 2, '2024-05-01 10:00'), (2, 3, 1, '2024-05-02 11:30');
