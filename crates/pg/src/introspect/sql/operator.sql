-- Operators. Source: PostgreSQL manual, 53.34 "pg_operator".
SELECT o.oid AS _unit,
    quote_ident(n.nspname) || '.' || o.oprname || '('
        || CASE o.oprleft WHEN 0 THEN 'NONE' ELSE format_type(o.oprleft, NULL) END || ', '
        || CASE o.oprright WHEN 0 THEN 'NONE' ELSE format_type(o.oprright, NULL) END || ')' AS _identity,
    pg_get_userbyid(o.oprowner)::text AS "owner",
    nullif(o.oprcode::oid, 0)::regprocedure::text AS "function",
    format_type(nullif(o.oprresult, 0), NULL) AS "result",
    nullif(o.oprcom, 0)::regoperator::text AS "commutator",
    nullif(o.oprnegate, 0)::regoperator::text AS "negator",
    nullif(o.oprrest::oid, 0)::regproc::text AS "restriction estimator",
    nullif(o.oprjoin::oid, 0)::regproc::text AS "join estimator",
    CASE WHEN o.oprcanhash THEN 'true' END AS "hashes",
    CASE WHEN o.oprcanmerge THEN 'true' END AS "merges",
    d.description AS "comment"
FROM pg_operator AS o
JOIN pg_namespace AS n ON n.oid = o.oprnamespace
LEFT JOIN pg_description AS d ON d.classoid = 'pg_operator'::regclass AND d.objoid = o.oid AND d.objsubid = 0
WHERE o.oid >= 16384 AND n.nspname !~ '^pg_' AND NOT EXISTS (SELECT FROM pg_depend AS e
        WHERE e.classid = 'pg_operator'::regclass AND e.objid = o.oid AND e.deptype = 'e')
