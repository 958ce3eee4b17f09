CREATE TABLE orders (
    id bigint PRIMARY KEY,
    user_id bigint REFERENCES users (id)
);

CRAETE INDEX orders_user ON orders (user_id);
