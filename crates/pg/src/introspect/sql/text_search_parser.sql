-- Text search parsers. Source: PostgreSQL manual, 53.62 "pg_ts_parser".
SELECT p.oid AS _unit,
    quote_ident(n.nspname) || '.' || quote_ident(p.prsname) AS _identity,
    concat_ws(', ', p.prsstart::text, p.prstoken::text, p.prsend::text, p.prslextype::text,
        nullif(p.prsheadline::oid, 0)::regproc::text) AS "functions",
    d.description AS "comment"
FROM pg_ts_parser AS p
JOIN pg_namespace AS n ON n.oid = p.prsnamespace
LEFT JOIN pg_description AS d ON d.classoid = 'pg_ts_parser'::regclass AND d.objoid = p.oid AND d.objsubid = 0
WHERE p.oid >= 16384 AND n.nspname !~ '^pg_' AND NOT EXISTS (SELECT FROM pg_depend AS e
        WHERE e.classid = 'pg_ts_parser'::regclass AND e.objid = p.oid AND e.deptype = 'e')
