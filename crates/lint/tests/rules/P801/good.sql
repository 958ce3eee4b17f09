ALTER TABLE orders ADD COLUMN extra int;
-- groundline: allow P801, D201 because nothing has read it since release 41
DROP TABLE orders;
