-- no-transaction
DROP INDEX CONCURRENTLY payments_reference_once;
