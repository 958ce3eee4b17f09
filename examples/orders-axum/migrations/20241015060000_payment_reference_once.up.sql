-- no-transaction
-- A provider that calls twice must not be booked twice. Payments at the counter have no reference.
CREATE UNIQUE INDEX CONCURRENTLY payments_reference_once
    ON payments (method, reference) WHERE reference IS NOT NULL;
