-- Conversions of encodings. Source: PostgreSQL manual, 53.14 "pg_conversion".
SELECT c.oid AS _unit,
    quote_ident(n.nspname) || '.' || quote_ident(c.conname) AS _identity,
    pg_get_userbyid(c.conowner)::text AS "owner",
    pg_encoding_to_char(c.conforencoding)::text AS "from",
    pg_encoding_to_char(c.contoencoding)::text AS "to",
    c.conproc::oid::regprocedure::text AS "function",
    CASE WHEN c.condefault THEN 'true' END AS "default",
    d.description AS "comment"
FROM pg_conversion AS c
JOIN pg_namespace AS n ON n.oid = c.connamespace
LEFT JOIN pg_description AS d ON d.classoid = 'pg_conversion'::regclass AND d.objoid = c.oid AND d.objsubid = 0
WHERE c.oid >= 16384 AND n.nspname !~ '^pg_' AND NOT EXISTS (SELECT FROM pg_depend AS e
        WHERE e.classid = 'pg_conversion'::regclass AND e.objid = c.oid AND e.deptype = 'e')
