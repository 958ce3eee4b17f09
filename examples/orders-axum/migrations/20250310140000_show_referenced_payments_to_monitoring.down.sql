REVOKE SELECT (id, order_id, method, amount_cents, received_at, reference) ON payments FROM pg_monitor;

DROP POLICY payments_with_reference ON payments;

ALTER TABLE payments DISABLE ROW LEVEL SECURITY;
