-- Transforms. Source: PostgreSQL manual, 53.57 "pg_transform".
SELECT t.oid AS _unit,
    format_type(t.trftype, NULL) || ' language ' || quote_ident(l.lanname) AS _identity,
    nullif(t.trffromsql::oid, 0)::regprocedure::text AS "from SQL",
    nullif(t.trftosql::oid, 0)::regprocedure::text AS "to SQL",
    d.description AS "comment"
FROM pg_transform AS t
JOIN pg_language AS l ON l.oid = t.trflang
LEFT JOIN pg_description AS d ON d.classoid = 'pg_transform'::regclass AND d.objoid = t.oid AND d.objsubid = 0
WHERE t.oid >= 16384 AND NOT EXISTS (SELECT FROM pg_depend AS e
        WHERE e.classid = 'pg_transform'::regclass AND e.objid = t.oid AND e.deptype = 'e')
