-- Extended statistics. Source: PostgreSQL manual, 53.52 "pg_statistic_ext".
SELECT s.stxrelid AS _unit,
    quote_ident(n.nspname) || '.' || quote_ident(s.stxname) AS _identity,
    pg_get_userbyid(s.stxowner)::text AS "owner",
    pg_get_statisticsobjdef(s.oid) AS "definition",
    nullif(s.stxstattarget, -1)::text AS "statistics target",
    d.description AS "comment"
FROM pg_statistic_ext AS s
JOIN pg_namespace AS n ON n.oid = s.stxnamespace
LEFT JOIN pg_description AS d
    ON d.classoid = 'pg_statistic_ext'::regclass AND d.objoid = s.oid AND d.objsubid = 0
WHERE {unit s.stxrelid}
