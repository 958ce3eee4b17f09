CREATE TYPE order_state AS ENUM ('new', 'paid', 'sent');
ALTER TABLE orders ADD COLUMN state order_state;
