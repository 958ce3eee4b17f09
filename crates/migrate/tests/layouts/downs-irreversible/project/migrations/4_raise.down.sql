-- no way
DO $down$
BEGIN
  RAISE EXCEPTION 'cannot give the names back';
END
$down$ LANGUAGE plpgsql;
