-- Columns, and attributes of composite types. Source: PostgreSQL manual, 53.7 "pg_attribute".
SELECT a.attrelid AS _unit,
    quote_ident(a.attname) AS _part,
    a.attnum AS _order,
    format_type(a.atttypid, a.atttypmod) AS "type",
    CASE WHEN a.attcollation <> t.typcollation
        THEN (SELECT quote_ident(cn.nspname) || '.' || quote_ident(co.collname)
            FROM pg_collation AS co JOIN pg_namespace AS cn ON cn.oid = co.collnamespace
            WHERE co.oid = a.attcollation) END AS "collation",
    CASE WHEN a.attnotnull THEN 'true' END AS "not null",
    CASE WHEN a.attgenerated = '' THEN pg_get_expr(d.adbin, d.adrelid) END AS "default",
    CASE WHEN a.attgenerated <> '' THEN pg_get_expr(d.adbin, d.adrelid)
        || CASE a.attgenerated WHEN 's' THEN ' stored' WHEN 'v' THEN ' virtual' ELSE a.attgenerated::text END
        END AS "generated",
    CASE a.attidentity WHEN 'a' THEN 'always' WHEN 'd' THEN 'by default' END AS "identity",
    CASE WHEN a.attstorage <> t.typstorage
        THEN CASE a.attstorage WHEN 'p' THEN 'plain' WHEN 'e' THEN 'external' WHEN 'm' THEN 'main'
            WHEN 'x' THEN 'extended' ELSE a.attstorage::text END END AS "storage",
    CASE a.attcompression WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' WHEN '' THEN NULL
        ELSE a.attcompression::text END AS "compression",
    nullif(a.attstattarget, -1)::text AS "statistics target",
    CASE WHEN a.attoptions IS NOT NULL
        THEN (SELECT string_agg(o, ', ' ORDER BY o) FROM unnest(a.attoptions) AS o) END AS "options",
    CASE WHEN a.attfdwoptions IS NOT NULL
        THEN (SELECT string_agg(o, ', ' ORDER BY o) FROM unnest(a.attfdwoptions) AS o) END AS "server options",
    CASE WHEN a.attinhcount > 0 THEN CASE WHEN a.attislocal THEN 'and local' ELSE 'true' END END AS "inherited",
    de.description AS "comment"
FROM pg_attribute AS a
JOIN pg_type AS t ON t.oid = a.atttypid
LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
LEFT JOIN pg_description AS de
    ON de.classoid = 'pg_class'::regclass AND de.objoid = a.attrelid AND de.objsubid = a.attnum
WHERE a.attrelid >= 16384 AND a.attnum > 0 AND NOT a.attisdropped
    AND a.attrelid IN (SELECT c.oid FROM pg_class AS c WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm', 'c'))
    AND {unit a.attrelid}
ORDER BY a.attrelid, a.attnum
