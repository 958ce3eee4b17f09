-- Access methods. Source: PostgreSQL manual, 53.3 "pg_am".
SELECT a.oid AS _unit,
    quote_ident(a.amname) AS _identity,
    CASE a.amtype WHEN 't' THEN 'table' WHEN 'i' THEN 'index' ELSE a.amtype::text END AS "of",
    a.amhandler::oid::regprocedure::text AS "handler",
    d.description AS "comment"
FROM pg_am AS a
LEFT JOIN pg_description AS d ON d.classoid = 'pg_am'::regclass AND d.objoid = a.oid AND d.objsubid = 0
WHERE a.oid >= 16384 AND NOT EXISTS (SELECT FROM pg_depend AS e
        WHERE e.classid = 'pg_am'::regclass AND e.objid = a.oid AND e.deptype = 'e')
