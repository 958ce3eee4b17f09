-- Row security policies. Source: PostgreSQL manual, 53.38 "pg_policy".
SELECT p.polrelid AS _unit,
    quote_ident(p.polname) AS _part,
    CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE'
        ELSE 'ALL' END AS "command",
    CASE WHEN NOT p.polpermissive THEN 'true' END AS "restrictive",
    (SELECT string_agg(role, ', ' ORDER BY role)
        FROM unnest(p.polroles) AS r, LATERAL (
            SELECT CASE r WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(r)::text) END AS role) AS named
        ) AS "roles",
    pg_get_expr(p.polqual, p.polrelid) AS "using",
    pg_get_expr(p.polwithcheck, p.polrelid) AS "with check",
    d.description AS "comment"
FROM pg_policy AS p
LEFT JOIN pg_description AS d
    ON d.classoid = 'pg_policy'::regclass AND d.objoid = p.oid AND d.objsubid = 0
WHERE {unit p.polrelid}
