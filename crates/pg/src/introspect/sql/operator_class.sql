-- Operator classes with what of their family depends on them. Source: PostgreSQL manual, 53.33 "pg_opclass", 53.4
-- "pg_amop", 53.5 "pg_amproc", 53.18 "pg_depend".
SELECT c.oid AS _unit,
    quote_ident(n.nspname) || '.' || quote_ident(c.opcname) || ' using ' || quote_ident(a.amname) AS _identity,
    pg_get_userbyid(c.opcowner)::text AS "owner",
    format_type(c.opcintype, NULL) AS "type",
    format_type(nullif(c.opckeytype, 0), NULL) AS "storage",
    CASE WHEN c.opcdefault THEN 'true' END AS "default",
    quote_ident(fn.nspname) || '.' || quote_ident(f.opfname) AS "family",
    (SELECT string_agg(o.amopstrategy || ' ' || o.amopopr::regoperator::text
            || coalesce(' for order by ' || quote_ident(sn.nspname) || '.' || quote_ident(s.opfname), ''),
            E'\n' ORDER BY o.amopstrategy, o.amopopr::regoperator::text)
        FROM pg_depend AS m JOIN pg_amop AS o ON o.oid = m.objid
        LEFT JOIN pg_opfamily AS s ON s.oid = o.amopsortfamily
        LEFT JOIN pg_namespace AS sn ON sn.oid = s.opfnamespace
        WHERE m.classid = 'pg_amop'::regclass AND m.refclassid = 'pg_opclass'::regclass AND m.refobjid = c.oid
            AND m.deptype <> 'n') AS "operators",
    (SELECT string_agg(p.amprocnum || ' (' || format_type(p.amproclefttype, NULL) || ', '
            || format_type(p.amprocrighttype, NULL) || ') ' || p.amproc::oid::regprocedure::text,
            E'\n' ORDER BY p.amprocnum, format_type(p.amproclefttype, NULL), format_type(p.amprocrighttype, NULL))
        FROM pg_depend AS m JOIN pg_amproc AS p ON p.oid = m.objid
        WHERE m.classid = 'pg_amproc'::regclass AND m.refclassid = 'pg_opclass'::regclass AND m.refobjid = c.oid
            AND m.deptype <> 'n') AS "functions",
    d.description AS "comment"
FROM pg_opclass AS c
JOIN pg_namespace AS n ON n.oid = c.opcnamespace
JOIN pg_am AS a ON a.oid = c.opcmethod
JOIN pg_opfamily AS f ON f.oid = c.opcfamily
JOIN pg_namespace AS fn ON fn.oid = f.opfnamespace
LEFT JOIN pg_description AS d ON d.classoid = 'pg_opclass'::regclass AND d.objoid = c.oid AND d.objsubid = 0
WHERE c.oid >= 16384 AND n.nspname !~ '^pg_' AND NOT EXISTS (SELECT FROM pg_depend AS e
        WHERE e.classid = 'pg_opclass'::regclass AND e.objid = c.oid AND e.deptype = 'e')
