-- Privileges on schemas that differ from the default ones. Source: PostgreSQL manual, 5.8 "Privileges".
WITH object (kind, identity, owner, acl, usual) AS (
    SELECT 'schema' AS kind, quote_ident(n.nspname) AS identity, n.nspowner AS owner, n.nspacl AS acl,
        acldefault('n'::"char", n.nspowner) AS usual
    FROM pg_namespace AS n
    WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND NOT EXISTS (SELECT FROM pg_depend AS e
        WHERE e.classid = 'pg_namespace'::regclass AND e.objid = n.oid AND e.deptype = 'e')
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
