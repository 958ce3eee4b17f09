COMMENT ON VIEW monthly_revenue IS 'Revenue of paid and shipped orders by calendar month (UTC), in cents';
COMMENT ON COLUMN payments.reference IS 'The provider''s own id of the payment; unique for each method';
COMMENT ON COLUMN products.price_cents IS 'Price of one piece today; orders keep the price of their day';

GRANT SELECT ON monthly_revenue TO pg_monitor;
