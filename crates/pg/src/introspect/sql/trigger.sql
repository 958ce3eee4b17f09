-- Triggers. Source: PostgreSQL manual, 53.58 "pg_trigger". Those of a partition that are its parent's count
-- only where they are enabled in another way.
SELECT t.tgrelid AS _unit,
    quote_ident(t.tgname) AS _part,
    pg_get_triggerdef(t.oid) AS "definition",
    CASE t.tgenabled WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'replica' WHEN 'A' THEN 'always' END AS "enabled",
    CASE WHEN t.tgparentid <> 0 THEN 'true' END AS "inherited",
    (SELECT string_agg(quote_ident(x.extname), ', ' ORDER BY x.extname)
        FROM pg_depend AS e JOIN pg_extension AS x ON x.oid = e.refobjid
        WHERE e.classid = 'pg_trigger'::regclass AND e.objid = t.oid AND e.refclassid = 'pg_extension'::regclass
            AND e.deptype = 'x') AS "depends on extensions",
    d.description AS "comment"
FROM pg_trigger AS t
LEFT JOIN pg_trigger AS parent ON parent.oid = t.tgparentid
LEFT JOIN pg_description AS d
    ON d.classoid = 'pg_trigger'::regclass AND d.objoid = t.oid AND d.objsubid = 0
WHERE (NOT t.tgisinternal OR (t.tgparentid <> 0 AND NOT parent.tgisinternal))
    AND (t.tgparentid = 0 OR t.tgenabled <> parent.tgenabled)
    AND {unit t.tgrelid}
