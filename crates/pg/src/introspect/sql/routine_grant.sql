-- Privileges on routines that differ from the default ones; on those of extensions, from the ones that the extension
-- gave. Source: PostgreSQL manual, 53.26 "pg_init_privs".
SELECT p.oid AS _unit,
    CASE WHEN m.objid IS NOT NULL THEN CASE p.prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate'
        ELSE 'function' END END AS _parent_kind,
    CASE WHEN m.objid IS NOT NULL THEN quote_ident(n.nspname) || '.' || quote_ident(p.proname)
        || '(' || pg_get_function_identity_arguments(p.oid) || ')' END AS _parent,
    g.grantee AS _grantee,
    g.privileges AS "privileges"
FROM pg_proc AS p
JOIN pg_namespace AS n ON n.oid = p.pronamespace
LEFT JOIN pg_depend AS m ON m.classid = 'pg_proc'::regclass AND m.objid = p.oid AND m.deptype = 'e'
LEFT JOIN pg_init_privs AS i ON i.classoid = 'pg_proc'::regclass AND i.objoid = p.oid AND i.objsubid = 0
CROSS JOIN LATERAL (
{grants p.proacl coalesce(i.initprivs,acldefault('f'::"char",p.proowner)) p.proowner}
) AS g
WHERE p.oid >= 16384 AND p.proacl IS NOT NULL AND {unit p.oid}
