ALTER TABLE customers ADD COLUMN address text;

-- The newest address is the one that counts; moving it is no change of the customer.
ALTER TABLE customers DISABLE TRIGGER customers_touch_updated_at;
UPDATE customers SET address = newest.lines
FROM (
    SELECT DISTINCT ON (customer_id) customer_id, lines FROM addresses ORDER BY customer_id, id DESC
) AS newest
WHERE newest.customer_id = customers.id;
ALTER TABLE customers ENABLE TRIGGER customers_touch_updated_at;

DROP TABLE addresses;
