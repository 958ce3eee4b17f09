-- Tables, views, materialized views, foreign tables, composite types, sequences. Source: PostgreSQL manual, 53.11 "pg_class".
SELECT c.oid AS _unit,
    CASE c.relkind
        WHEN 'r' THEN 'table' WHEN 'p' THEN 'table' WHEN 'f' THEN 'foreign table' WHEN 'v' THEN 'view'
        WHEN 'm' THEN 'materialized view' WHEN 'c' THEN 'type' WHEN 'S' THEN 'sequence'
    END AS _kind,
    quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS _identity,
    own.refobjid AS _owner,
    pg_get_userbyid(c.relowner)::text AS "owner",
    CASE c.relkind WHEN 'c' THEN 'composite' END AS "form",
    CASE c.relpersistence WHEN 'u' THEN 'unlogged' END AS "persistence",
    CASE WHEN am.amname <> 'heap' THEN am.amname::text END AS "access method",
    ts.spcname::text AS "tablespace",
    CASE WHEN c.reloptions IS NOT NULL
        THEN (SELECT string_agg(o, ', ' ORDER BY o) FROM unnest(c.reloptions) AS o) END AS "options",
    CASE WHEN c.reltoastrelid <> 0
        THEN (SELECT string_agg(o, ', ' ORDER BY o)
            FROM pg_class AS t, unnest(t.reloptions) AS o WHERE t.oid = c.reltoastrelid) END AS "toast options",
    CASE WHEN c.relkind IN ('r', 'p', 'm')
        THEN CASE c.relreplident WHEN 'n' THEN 'nothing' WHEN 'f' THEN 'full' WHEN 'i' THEN 'index' END
        END AS "replica identity",
    CASE WHEN c.relrowsecurity THEN 'enabled' END AS "row security",
    CASE WHEN c.relforcerowsecurity THEN 'true' END AS "row security forced",
    CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END AS "partition key",
    CASE WHEN c.relispartition THEN pg_get_expr(c.relpartbound, c.oid) END AS "partition bound",
    CASE WHEN c.relkind IN ('r', 'p', 'f') THEN (
        SELECT string_agg(
            i.inhparent::regclass::text || CASE WHEN i.inhdetachpending THEN ' (detach pending)' ELSE '' END,
            ', ' ORDER BY i.inhseqno)
        FROM pg_inherits AS i WHERE i.inhrelid = c.oid) END AS "inherits",
    CASE WHEN c.reloftype <> 0 THEN format_type(c.reloftype, NULL) END AS "of type",
    CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END AS "definition",
    CASE WHEN c.relkind = 'm' AND NOT c.relispopulated THEN 'false' END AS "populated",
    quote_ident(fs.srvname) AS "server",
    (SELECT string_agg(o, ', ' ORDER BY o) FROM unnest(ft.ftoptions) AS o) AS "server options",
    format_type(s.seqtypid, NULL) AS "type",
    s.seqstart::text AS "start",
    nullif(s.seqincrement, 1)::text AS "increment",
    s.seqmin::text AS "minimum",
    s.seqmax::text AS "maximum",
    nullif(s.seqcache, 1)::text AS "cache",
    CASE WHEN s.seqcycle THEN 'true' END AS "cycle",
    CASE WHEN own.refobjid IS NOT NULL
        THEN CASE own.deptype WHEN 'i' THEN 'identity of ' ELSE '' END || own.refobjid::regclass::text
            || '.' || quote_ident(owned.attname) END AS "owned by",
    d.description AS "comment"
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_am AS am ON am.oid = c.relam
LEFT JOIN pg_tablespace AS ts ON ts.oid = c.reltablespace
LEFT JOIN pg_foreign_table AS ft ON ft.ftrelid = c.oid
LEFT JOIN pg_foreign_server AS fs ON fs.oid = ft.ftserver
LEFT JOIN pg_sequence AS s ON s.seqrelid = c.oid
LEFT JOIN pg_depend AS own ON c.relkind = 'S' AND own.classid = 'pg_class'::regclass AND own.objid = c.oid
    AND own.objsubid = 0 AND own.refclassid = 'pg_class'::regclass AND own.deptype IN ('a', 'i')
LEFT JOIN pg_attribute AS owned ON owned.attrelid = own.refobjid AND owned.attnum = own.refobjsubid
LEFT JOIN pg_description AS d ON d.classoid = 'pg_class'::regclass AND d.objoid = c.oid AND d.objsubid = 0
WHERE c.oid >= 16384 AND c.relkind IN ('r', 'p', 'f', 'v', 'm', 'c', 'S') AND c.relpersistence <> 't'
    AND n.nspname !~ '^pg_'
    AND NOT EXISTS (SELECT FROM pg_depend AS e
        WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e')
    AND {unit c.oid}
