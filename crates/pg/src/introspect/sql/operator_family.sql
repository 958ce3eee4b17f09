-- Operator families with their members, without those that are a class's. Source: PostgreSQL manual, 53.35
-- "pg_opfamily", 53.4 "pg_amop", 53.5 "pg_amproc".
SELECT f.oid AS _unit,
    quote_ident(n.nspname) || '.' || quote_ident(f.opfname) || ' using ' || quote_ident(a.amname) AS _identity,
    pg_get_userbyid(f.opfowner)::text AS "owner",
    (SELECT string_agg(o.amopstrategy || ' ' || o.amopopr::regoperator::text
            || coalesce(' for order by ' || quote_ident(sn.nspname) || '.' || quote_ident(s.opfname), ''),
            E'\n' ORDER BY o.amopstrategy, o.amopopr::regoperator::text)
        FROM pg_amop AS o
        LEFT JOIN pg_opfamily AS s ON s.oid = o.amopsortfamily
        LEFT JOIN pg_namespace AS sn ON sn.oid = s.opfnamespace
        WHERE o.amopfamily = f.oid AND NOT EXISTS (SELECT FROM pg_depend AS e WHERE e.classid = 'pg_amop'::regclass
            AND e.objid = o.oid AND e.refclassid = 'pg_opclass'::regclass AND e.deptype <> 'n')) AS "operators",
    (SELECT string_agg(p.amprocnum || ' (' || format_type(p.amproclefttype, NULL) || ', '
            || format_type(p.amprocrighttype, NULL) || ') ' || p.amproc::oid::regprocedure::text,
            E'\n' ORDER BY p.amprocnum, format_type(p.amproclefttype, NULL), format_type(p.amprocrighttype, NULL))
        FROM pg_amproc AS p WHERE p.amprocfamily = f.oid AND NOT EXISTS (SELECT FROM pg_depend AS e
            WHERE e.classid = 'pg_amproc'::regclass AND e.objid = p.oid AND e.refclassid = 'pg_opclass'::regclass
                AND e.deptype <> 'n')) AS "functions",
    d.description AS "comment"
FROM pg_opfamily AS f
JOIN pg_namespace AS n ON n.oid = f.opfnamespace
JOIN pg_am AS a ON a.oid = f.opfmethod
LEFT JOIN pg_description AS d ON d.classoid = 'pg_opfamily'::regclass AND d.objoid = f.oid AND d.objsubid = 0
WHERE f.oid >= 16384 AND n.nspname !~ '^pg_' AND NOT EXISTS (SELECT FROM pg_depend AS e
        WHERE e.classid = 'pg_opfamily'::regclass AND e.objid = f.oid AND e.deptype = 'e')
