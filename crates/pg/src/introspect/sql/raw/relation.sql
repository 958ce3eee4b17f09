-- Relations of all kinds, with indexes and sequences; of toast tables those with options. Source: PostgreSQL manual,
-- 53.11 "pg_class". Of members of extensions
-- only the privileges are read.
SELECT c.oid, quote_ident(c.relname), c.relnamespace, c.relkind, c.relpersistence, c.relowner, c.relam,
    c.reltablespace, c.reltoastrelid, c.reloftype, c.relreplident, c.relrowsecurity, c.relforcerowsecurity,
    c.relispopulated, {list c.reloptions}, c.relacl IS NOT NULL,
    c.oid IN (SELECT e.objid FROM pg_depend AS e
        WHERE e.refclassid = 'pg_extension'::regclass AND e.classid = 'pg_class'::regclass AND e.deptype = 'e'),
    CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END,
    CASE WHEN c.relispartition AND c.relkind IN ('r', 'p', 'f') THEN pg_get_expr(c.relpartbound, c.oid) END,
    CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END
FROM pg_class AS c
WHERE c.oid >= 16384 AND c.relpersistence <> 't'
    AND (c.relnamespace <> 'pg_toast'::regnamespace OR (c.relkind = 't' AND c.reloptions IS NOT NULL))
    AND {relations c.oid}
