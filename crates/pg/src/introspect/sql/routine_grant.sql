-- Privileges on routines that differ from the default ones.
SELECT p.oid AS _unit,
    g.grantee AS _grantee,
    g.privileges AS "privileges"
FROM pg_proc AS p, LATERAL (
{grants p.proacl acldefault('f'::"char",p.proowner) p.proowner}
) AS g
WHERE p.oid >= 16384 AND p.proacl IS NOT NULL AND {unit p.oid}
