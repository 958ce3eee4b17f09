-- Privileges on relations and columns that differ from what the owner and PUBLIC have by default; on those of
-- extensions, from the ones that the extension gave. Source: PostgreSQL manual, 5.8 "Privileges", 53.26 "pg_init_privs".
-- `(owner)` stands for whoever owns the object.
WITH object AS (
    SELECT c.oid AS unit, 0 AS part, NULL::name AS part_name, c.relowner AS owner, c.relacl AS acl,
        acldefault(CASE c.relkind WHEN 'S' THEN 's'::"char" ELSE 'r'::"char" END, c.relowner) AS usual
    FROM pg_class AS c
    WHERE c.relacl IS NOT NULL AND {unit c.oid}
    UNION ALL
    SELECT a.attrelid, a.attnum, a.attname, c.relowner, a.attacl, acldefault('c'::"char", c.relowner)
    FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid
    WHERE a.attacl IS NOT NULL AND NOT a.attisdropped AND {unit a.attrelid}
)
SELECT o.unit AS _unit,
    quote_ident(o.part_name) AS _column,
    CASE WHEN m.objid IS NOT NULL THEN CASE c.relkind WHEN 'S' THEN 'sequence' WHEN 'f' THEN 'foreign table'
        WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' ELSE 'table' END END AS _parent_kind,
    CASE WHEN m.objid IS NOT NULL THEN quote_ident(n.nspname) || '.' || quote_ident(c.relname) END AS _parent,
    g.grantee AS _grantee,
    g.privileges AS "privileges"
FROM object AS o
JOIN pg_class AS c ON c.oid = o.unit
JOIN pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_depend AS m ON m.classid = 'pg_class'::regclass AND m.objid = o.unit AND m.objsubid = 0 AND m.deptype = 'e'
LEFT JOIN pg_init_privs AS i ON i.classoid = 'pg_class'::regclass AND i.objoid = o.unit AND i.objsubid = o.part
CROSS JOIN LATERAL (
{grants o.acl coalesce(i.initprivs,o.usual) o.owner}
) AS g
