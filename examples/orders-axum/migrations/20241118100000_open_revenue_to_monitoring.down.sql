REVOKE SELECT ON monthly_revenue FROM pg_monitor;

COMMENT ON COLUMN products.price_cents IS NULL;
COMMENT ON COLUMN payments.reference IS NULL;
COMMENT ON VIEW monthly_revenue IS NULL;
