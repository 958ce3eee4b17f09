-- `full_name` stays until no release reads it.
ALTER TABLE customers
    ADD COLUMN given_name text,
    ADD COLUMN family_name text;

-- A new spelling of the same name is no change of the customer.
ALTER TABLE customers DISABLE TRIGGER customers_touch_updated_at;
UPDATE customers SET
    given_name = split_part(full_name, ' ', 1),
    family_name = nullif(substr(full_name, length(split_part(full_name, ' ', 1)) + 2), '');
ALTER TABLE customers ENABLE TRIGGER customers_touch_updated_at;
