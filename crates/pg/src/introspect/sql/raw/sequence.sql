-- Sequences and the columns that own them (`a`), or whose identity they are (`i`). Source: PostgreSQL manual, 53.47
-- "pg_sequence".
SELECT s.seqrelid, s.seqtypid, s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache, s.seqcycle,
    own.refobjid, own.refobjsubid, own.deptype
FROM pg_sequence AS s
LEFT JOIN pg_depend AS own ON own.classid = 'pg_class'::regclass AND own.objid = s.seqrelid
    AND own.objsubid = 0 AND own.refclassid = 'pg_class'::regclass AND own.deptype IN ('a', 'i')
WHERE {unit s.seqrelid}
