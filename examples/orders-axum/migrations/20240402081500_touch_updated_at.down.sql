DROP TRIGGER orders_touch_updated_at ON orders;
DROP TRIGGER customers_touch_updated_at ON customers;

ALTER TABLE orders DROP COLUMN updated_at;
ALTER TABLE customers DROP COLUMN updated_at;

DROP FUNCTION touch_updated_at();
