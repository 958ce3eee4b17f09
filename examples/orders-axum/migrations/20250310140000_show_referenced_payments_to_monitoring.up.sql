-- The owner, as whom the backend connects, is not subject to row security.
ALTER TABLE payments ENABLE ROW LEVEL SECURITY;

CREATE POLICY payments_with_reference ON payments FOR SELECT TO pg_monitor
    USING (reference IS NOT NULL);

GRANT SELECT (id, order_id, method, amount_cents, received_at, reference) ON payments TO pg_monitor;
