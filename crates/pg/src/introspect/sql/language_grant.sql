-- Privileges on languages that differ from the default ones. Source: PostgreSQL manual, 5.8 "Privileges".
WITH object (kind, identity, owner, acl, usual) AS (
    SELECT 'language', quote_ident(l.lanname), l.lanowner, l.lanacl, acldefault('l'::"char", l.lanowner)
    FROM pg_language AS l WHERE l.lanispl
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
