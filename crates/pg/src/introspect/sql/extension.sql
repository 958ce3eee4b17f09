-- Extensions; their members are left out everywhere else. Source: PostgreSQL manual, 53.22 "pg_extension".
SELECT e.oid AS _unit,
    quote_ident(e.extname) AS _identity,
    pg_get_userbyid(e.extowner)::text AS "owner",
    quote_ident(n.nspname) AS "schema",
    e.extversion AS "version",
    (SELECT string_agg(t.config::regclass::text || CASE WHEN t.condition <> '' THEN ' ' || t.condition ELSE '' END,
            ', ' ORDER BY t.config::regclass::text)
        FROM unnest(e.extconfig, e.extcondition) AS t (config, condition)) AS "configuration tables",
    CASE WHEN e.oid >= 16384 THEN d.description END AS "comment"
FROM pg_extension AS e
JOIN pg_namespace AS n ON n.oid = e.extnamespace
LEFT JOIN pg_description AS d ON d.classoid = 'pg_extension'::regclass AND d.objoid = e.oid AND d.objsubid = 0
