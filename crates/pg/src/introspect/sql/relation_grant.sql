-- Privileges on relations and columns that differ from what the owner and PUBLIC have by default.
-- Source: PostgreSQL manual, 5.8 "Privileges". `(owner)` stands for whoever owns the object.
WITH object AS (
    SELECT c.oid AS unit, NULL::name AS part, c.relowner AS owner, c.relacl AS acl,
        acldefault(CASE c.relkind WHEN 'S' THEN 's'::"char" ELSE 'r'::"char" END, c.relowner) AS usual
    FROM pg_class AS c
    WHERE c.oid >= 16384 AND c.relacl IS NOT NULL AND {unit c.oid}
    UNION ALL
    SELECT a.attrelid, a.attname, c.relowner, a.attacl, acldefault('c'::"char", c.relowner)
    FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid
    WHERE a.attrelid >= 16384 AND a.attacl IS NOT NULL AND NOT a.attisdropped AND {unit a.attrelid}
)
SELECT o.unit AS _unit,
    quote_ident(o.part) AS _column,
    g.grantee AS _grantee,
    g.privileges AS "privileges"
FROM object AS o, LATERAL (
{grants o.acl o.usual o.owner}
) AS g
