ALTER TABLE customers DROP COLUMN address;
