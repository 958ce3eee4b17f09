-- Procedural languages. Source: PostgreSQL manual, 53.29 "pg_language".
SELECT l.oid AS _unit,
    quote_ident(l.lanname) AS _identity,
    pg_get_userbyid(l.lanowner)::text AS "owner",
    CASE WHEN l.lanpltrusted THEN 'true' END AS "trusted",
    nullif(l.lanplcallfoid, 0)::regprocedure::text AS "handler",
    nullif(l.laninline, 0)::regprocedure::text AS "inline handler",
    nullif(l.lanvalidator, 0)::regprocedure::text AS "validator",
    d.description AS "comment"
FROM pg_language AS l
LEFT JOIN pg_description AS d ON d.classoid = 'pg_language'::regclass AND d.objoid = l.oid AND d.objsubid = 0
WHERE l.oid >= 16384 AND l.lanispl AND NOT EXISTS (SELECT FROM pg_depend AS e
        WHERE e.classid = 'pg_language'::regclass AND e.objid = l.oid AND e.deptype = 'e')
