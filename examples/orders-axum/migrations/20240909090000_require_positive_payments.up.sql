-- New rows are held to it from now on; the next revision reads the old ones, under a weaker lock.
ALTER TABLE payments
    ADD CONSTRAINT payments_amount_positive CHECK (amount_cents > 0) NOT VALID;
