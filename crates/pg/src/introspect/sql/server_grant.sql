-- Privileges on the server's own objects that differ from those of a new database. Source: PostgreSQL manual, 53.26
-- "pg_init_privs".
WITH object AS (
    SELECT 'pg_class'::regclass AS class, c.oid, 0 AS part, NULL::name AS part_name,
        CASE c.relkind WHEN 'v' THEN 'view' ELSE 'table' END AS kind,
        quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS identity, c.relowner AS owner, c.relacl AS acl,
        acldefault('r'::"char", c.relowner) AS usual
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.oid < 16384 AND c.relacl IS NOT NULL
    UNION ALL
    SELECT 'pg_class'::regclass, a.attrelid, a.attnum, a.attname, CASE c.relkind WHEN 'v' THEN 'view' ELSE 'table' END,
        quote_ident(n.nspname) || '.' || quote_ident(c.relname), c.relowner, a.attacl, acldefault('c'::"char", c.relowner)
    FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE a.attrelid < 16384 AND a.attacl IS NOT NULL
    UNION ALL
    SELECT 'pg_proc'::regclass, p.oid, 0, NULL, CASE p.prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate'
            ELSE 'function' END,
        quote_ident(n.nspname) || '.' || quote_ident(p.proname) || '(' || pg_get_function_identity_arguments(p.oid) || ')',
        p.proowner, p.proacl, acldefault('f'::"char", p.proowner)
    FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace
    WHERE p.oid < 16384 AND p.proacl IS NOT NULL
    UNION ALL
    SELECT 'pg_type'::regclass, t.oid, 0, NULL, 'type', quote_ident(n.nspname) || '.' || quote_ident(t.typname), t.typowner,
        t.typacl, acldefault('T'::"char", t.typowner)
    FROM pg_type AS t JOIN pg_namespace AS n ON n.oid = t.typnamespace
    WHERE t.oid < 16384 AND t.typacl IS NOT NULL
    UNION ALL
    SELECT 'pg_namespace'::regclass, n.oid, 0, NULL, 'schema', quote_ident(n.nspname), n.nspowner, n.nspacl,
        acldefault('n'::"char", n.nspowner)
    FROM pg_namespace AS n
    WHERE n.nspname IN ('pg_catalog', 'information_schema') AND n.nspacl IS NOT NULL
)
SELECT 0::oid AS _unit,
    quote_ident(o.part_name) AS _column,
    o.kind AS _parent_kind,
    o.identity AS _parent,
    g.grantee AS _grantee,
    g.privileges AS "privileges"
FROM object AS o
LEFT JOIN pg_init_privs AS i ON i.classoid = o.class AND i.objoid = o.oid AND i.objsubid = o.part
CROSS JOIN LATERAL (
{grants o.acl coalesce(i.initprivs,o.usual) o.owner}
) AS g
WHERE o.acl IS DISTINCT FROM i.initprivs
