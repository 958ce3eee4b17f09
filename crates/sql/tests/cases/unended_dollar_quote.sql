DO $body$ BEGIN NULL; END $Body$;
SELECT 1;
