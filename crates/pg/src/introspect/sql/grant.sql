-- Privileges on schemas, types, languages, wrappers and servers that differ from the default ones.
-- Source: PostgreSQL manual, 5.8 "Privileges".
WITH object AS (
    SELECT 'schema' AS kind, quote_ident(n.nspname) AS identity, n.nspowner AS owner, n.nspacl AS acl,
        acldefault('n'::"char", n.nspowner) AS usual
    FROM pg_namespace AS n
    WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND NOT EXISTS (SELECT FROM pg_depend AS e
        WHERE e.classid = 'pg_namespace'::regclass AND e.objid = n.oid AND e.deptype = 'e')
    UNION ALL
    SELECT CASE t.typtype WHEN 'd' THEN 'domain' ELSE 'type' END,
        quote_ident(n.nspname) || '.' || quote_ident(t.typname), t.typowner, t.typacl,
        acldefault('T'::"char", t.typowner)
    FROM pg_type AS t JOIN pg_namespace AS n ON n.oid = t.typnamespace
    WHERE t.oid >= 16384 AND NOT EXISTS (SELECT FROM pg_depend AS e
        WHERE e.classid = 'pg_type'::regclass AND e.objid = t.oid AND e.deptype = 'e')
    UNION ALL
    SELECT 'language', quote_ident(l.lanname), l.lanowner, l.lanacl, acldefault('l'::"char", l.lanowner)
    FROM pg_language AS l WHERE l.lanispl
    UNION ALL
    SELECT 'foreign-data wrapper', quote_ident(f.fdwname), f.fdwowner, f.fdwacl, acldefault('F'::"char", f.fdwowner)
    FROM pg_foreign_data_wrapper AS f
    UNION ALL
    SELECT 'server', quote_ident(s.srvname), s.srvowner, s.srvacl, acldefault('S'::"char", s.srvowner)
    FROM pg_foreign_server AS s
)
SELECT 0::oid AS _unit,
    o.kind AS _parent_kind,
    o.identity AS _parent,
    g.grantee AS _grantee,
    g.privileges AS "privileges"
FROM object AS o, LATERAL (
{grants o.acl o.usual o.owner}
) AS g
WHERE o.acl IS NOT NULL
