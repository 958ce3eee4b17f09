-- Sequences. Source: PostgreSQL manual, 53.47 "pg_sequence".
SELECT c.oid AS _unit,
    quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS _identity,
    own.refobjid AS _owner,
    pg_get_userbyid(c.relowner)::text AS "owner",
    CASE c.relpersistence WHEN 'u' THEN 'unlogged' END AS "persistence",
    format_type(s.seqtypid, NULL) AS "type",
    s.seqstart::text AS "start",
    nullif(s.seqincrement, 1)::text AS "increment",
    s.seqmin::text AS "minimum",
    s.seqmax::text AS "maximum",
    nullif(s.seqcache, 1)::text AS "cache",
    CASE WHEN s.seqcycle THEN 'true' END AS "cycle",
    CASE WHEN own.refobjid IS NOT NULL
        THEN CASE own.deptype WHEN 'i' THEN 'identity of ' ELSE '' END || own.refobjid::regclass::text
            || '.' || quote_ident(owned.attname) END AS "owned by",
    d.description AS "comment"
FROM pg_sequence AS s
JOIN pg_class AS c ON c.oid = s.seqrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_depend AS own ON own.classid = 'pg_class'::regclass AND own.objid = s.seqrelid
    AND own.objsubid = 0 AND own.refclassid = 'pg_class'::regclass AND own.deptype IN ('a', 'i')
LEFT JOIN pg_attribute AS owned ON owned.attrelid = own.refobjid AND owned.attnum = own.refobjsubid
LEFT JOIN pg_description AS d ON d.classoid = 'pg_class'::regclass AND d.objoid = c.oid AND d.objsubid = 0
WHERE c.oid >= 16384 AND c.relpersistence <> 't' AND n.nspname !~ '^pg_'
    AND NOT EXISTS (SELECT FROM pg_depend AS e
        WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e')
    AND {unit s.seqrelid}
