-- Columns, and attributes of composite types; of index columns those with a statistics target or options. Source:
-- PostgreSQL manual, 53.7 "pg_attribute".
SELECT a.attrelid, a.attnum, quote_ident(a.attname), a.atttypid, a.atttypmod, a.attcollation, a.attnotnull,
    a.attgenerated, a.attidentity, a.attstorage, a.attcompression, a.attstattarget::int4, {list a.attoptions},
    {list a.attfdwoptions}, a.attinhcount > 0, a.attislocal, a.attacl IS NOT NULL
FROM pg_attribute AS a
WHERE a.attrelid >= 16384 AND a.attnum > 0 AND NOT a.attisdropped
    AND (a.attstattarget >= 0 OR a.attoptions IS NOT NULL OR a.attrelid IN (SELECT c.oid FROM pg_class AS c
        WHERE c.oid >= 16384 AND c.relkind IN ('r', 'p', 'f', 'v', 'm', 'c') AND {relations c.oid}))
    AND {relations a.attrelid}
