-- Indexes. Source: PostgreSQL manual, 53.26 "pg_index".
SELECT i.indrelid AS _unit,
    quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS _identity,
    CASE WHEN con.oid IS NOT NULL THEN quote_ident(con.conname) END AS _of_constraint,
    pg_get_indexdef(i.indexrelid) AS "definition",
    CASE WHEN NOT i.indisvalid THEN 'false' END AS "valid",
    CASE WHEN NOT i.indisready THEN 'false' END AS "ready",
    CASE WHEN i.indisclustered THEN 'true' END AS "clustered",
    CASE WHEN i.indisreplident THEN 'true' END AS "replica identity",
    ts.spcname::text AS "tablespace",
    (SELECT p.inhparent::regclass::text FROM pg_inherits AS p WHERE p.inhrelid = i.indexrelid) AS "attached to",
    (SELECT string_agg(a.attnum || ' to ' || a.attstattarget, ', ' ORDER BY a.attnum)
        FROM pg_attribute AS a
        WHERE a.attrelid = i.indexrelid AND a.attnum > 0 AND a.attstattarget >= 0) AS "statistics targets",
    d.description AS "comment"
FROM pg_index AS i
JOIN pg_class AS c ON c.oid = i.indexrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_constraint AS con
    ON con.conindid = i.indexrelid AND con.contype IN ('p', 'u', 'x') AND con.conrelid = i.indrelid
LEFT JOIN pg_tablespace AS ts ON ts.oid = c.reltablespace
LEFT JOIN pg_description AS d ON d.classoid = 'pg_class'::regclass AND d.objoid = c.oid AND d.objsubid = 0
WHERE i.indrelid >= 16384 AND {unit i.indrelid}
