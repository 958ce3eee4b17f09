-- Extensions that materialized views and indexes depend on: they go with them. Source: PostgreSQL manual, 53.18
-- "pg_depend".
SELECT e.objid, string_agg(quote_ident(x.extname), ', ' ORDER BY x.extname)
FROM pg_depend AS e JOIN pg_extension AS x ON x.oid = e.refobjid
WHERE e.refclassid = 'pg_extension'::regclass AND e.classid = 'pg_class'::regclass AND e.deptype = 'x'
    AND {relations e.objid}
GROUP BY e.objid
