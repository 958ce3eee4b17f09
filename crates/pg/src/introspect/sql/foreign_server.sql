-- Foreign servers. Source: PostgreSQL manual, 53.24 "pg_foreign_server". Options that can hold a secret are read
-- by name only.
SELECT s.oid AS _unit,
    quote_ident(s.srvname) AS _identity,
    pg_get_userbyid(s.srvowner)::text AS "owner",
    quote_ident(f.fdwname) AS "wrapper",
    s.srvtype AS "type",
    s.srvversion AS "server version",
    (SELECT string_agg(CASE WHEN o ~* '^[^=]*(password|passwd|secret|token|key)' THEN split_part(o, '=', 1) ELSE o END,
            ', ' ORDER BY o)
        FROM unnest(s.srvoptions) AS o) AS "options",
    d.description AS "comment"
FROM pg_foreign_server AS s
JOIN pg_foreign_data_wrapper AS f ON f.oid = s.srvfdw
LEFT JOIN pg_description AS d ON d.classoid = 'pg_foreign_server'::regclass AND d.objoid = s.oid AND d.objsubid = 0
WHERE NOT EXISTS (SELECT FROM pg_depend AS e
        WHERE e.classid = 'pg_foreign_server'::regclass AND e.objid = s.oid AND e.deptype = 'e')
