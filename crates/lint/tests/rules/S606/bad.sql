create extension if not exists plpgsql;
