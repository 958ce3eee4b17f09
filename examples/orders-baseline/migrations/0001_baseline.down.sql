-- Takes back: baseline

DO $$ BEGIN RAISE EXCEPTION 'the baseline has no way down: before it there is no schema'; END $$;
