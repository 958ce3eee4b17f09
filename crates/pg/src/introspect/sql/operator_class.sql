-- Operator classes. Source: PostgreSQL manual, 53.33 "pg_opclass".
SELECT c.oid AS _unit,
    quote_ident(n.nspname) || '.' || quote_ident(c.opcname) || ' using ' || quote_ident(a.amname) AS _identity,
    pg_get_userbyid(c.opcowner)::text AS "owner",
    format_type(c.opcintype, NULL) AS "type",
    format_type(nullif(c.opckeytype, 0), NULL) AS "storage",
    CASE WHEN c.opcdefault THEN 'true' END AS "default",
    quote_ident(fn.nspname) || '.' || quote_ident(f.opfname) AS "family",
    d.description AS "comment"
FROM pg_opclass AS c
JOIN pg_namespace AS n ON n.oid = c.opcnamespace
JOIN pg_am AS a ON a.oid = c.opcmethod
JOIN pg_opfamily AS f ON f.oid = c.opcfamily
JOIN pg_namespace AS fn ON fn.oid = f.opfnamespace
LEFT JOIN pg_description AS d ON d.classoid = 'pg_opclass'::regclass AND d.objoid = c.oid AND d.objsubid = 0
WHERE c.oid >= 16384 AND n.nspname !~ '^pg_' AND NOT EXISTS (SELECT FROM pg_depend AS e
        WHERE e.classid = 'pg_opclass'::regclass AND e.objid = c.oid AND e.deptype = 'e')
