-- PostgreSQL cannot take a value out of an enum: the type is made anew. A wallet holds a card.
ALTER TABLE payments ALTER COLUMN method DROP DEFAULT;
ALTER TYPE payment_method RENAME TO payment_method_with_wallet;
CREATE TYPE payment_method AS ENUM ('card', 'transfer');
ALTER TABLE payments ALTER COLUMN method TYPE payment_method
    USING (CASE method WHEN 'wallet' THEN 'card' ELSE method::text END)::payment_method;
ALTER TABLE payments ALTER COLUMN method SET DEFAULT 'card';
DROP TYPE payment_method_with_wallet;
