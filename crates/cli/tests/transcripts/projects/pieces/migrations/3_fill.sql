-- no-transaction
DO $$ BEGIN
    UPDATE users SET note = '';
    COMMIT;
    PERFORM pg_sleep(2);
    UPDATE orders SET note = '';
END $$;
