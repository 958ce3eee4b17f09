-- Text search templates. Source: PostgreSQL manual, 53.63 "pg_ts_template".
SELECT t.oid AS _unit,
    quote_ident(n.nspname) || '.' || quote_ident(t.tmplname) AS _identity,
    concat_ws(', ', nullif(t.tmplinit::oid, 0)::regproc::text, t.tmpllexize::text) AS "functions",
    d.description AS "comment"
FROM pg_ts_template AS t
JOIN pg_namespace AS n ON n.oid = t.tmplnamespace
LEFT JOIN pg_description AS d ON d.classoid = 'pg_ts_template'::regclass AND d.objoid = t.oid AND d.objsubid = 0
WHERE t.oid >= 16384 AND n.nspname !~ '^pg_' AND NOT EXISTS (SELECT FROM pg_depend AS e
        WHERE e.classid = 'pg_ts_template'::regclass AND e.objid = t.oid AND e.deptype = 'e')
