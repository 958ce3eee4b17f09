-- Schemas. Source: PostgreSQL manual, 53.32 "pg_namespace".
SELECT n.oid AS _unit,
    quote_ident(n.nspname) AS _identity,
    pg_get_userbyid(n.nspowner)::text AS "owner",
    CASE WHEN n.nspname <> 'public' OR d.description <> 'standard public schema' THEN d.description END AS "comment"
FROM pg_namespace AS n
LEFT JOIN pg_description AS d ON d.classoid = 'pg_namespace'::regclass AND d.objoid = n.oid AND d.objsubid = 0
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    AND NOT EXISTS (SELECT FROM pg_depend AS e
        WHERE e.classid = 'pg_namespace'::regclass AND e.objid = n.oid AND e.deptype = 'e')
