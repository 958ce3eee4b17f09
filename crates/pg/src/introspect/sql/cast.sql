-- Casts; those of ranges to their multiranges come with the type. Source: PostgreSQL manual, 53.10 "pg_cast".
SELECT c.oid AS _unit,
    format_type(c.castsource, NULL) || ' as ' || format_type(c.casttarget, NULL) AS _identity,
    CASE c.castmethod WHEN 'f' THEN c.castfunc::regprocedure::text WHEN 'b' THEN 'binary' ELSE 'in and out' END AS "by",
    CASE c.castcontext WHEN 'a' THEN 'assignment' WHEN 'i' THEN 'implicit' END AS "context",
    d.description AS "comment"
FROM pg_cast AS c
LEFT JOIN pg_description AS d ON d.classoid = 'pg_cast'::regclass AND d.objoid = c.oid AND d.objsubid = 0
WHERE c.oid >= 16384 AND NOT EXISTS (SELECT FROM pg_depend AS e
        WHERE e.classid = 'pg_cast'::regclass AND e.objid = c.oid AND e.deptype IN ('e', 'i'))
