-- There is no way to un-validate a constraint but to make it anew.
ALTER TABLE payments
    DROP CONSTRAINT payments_amount_positive,
    ADD CONSTRAINT payments_amount_positive CHECK (amount_cents > 0) NOT VALID;
