-- Foreign-data wrappers. The values of their options may be secrets: only the names are read. Source: PostgreSQL
-- manual, 53.23 "pg_foreign_data_wrapper".
SELECT f.oid AS _unit,
    quote_ident(f.fdwname) AS _identity,
    pg_get_userbyid(f.fdwowner)::text AS "owner",
    nullif(f.fdwhandler, 0)::regprocedure::text AS "handler",
    nullif(f.fdwvalidator, 0)::regprocedure::text AS "validator",
    (SELECT string_agg(split_part(o, '=', 1), ', ' ORDER BY o) FROM unnest(f.fdwoptions) AS o) AS "options",
    d.description AS "comment"
FROM pg_foreign_data_wrapper AS f
LEFT JOIN pg_description AS d ON d.classoid = 'pg_foreign_data_wrapper'::regclass AND d.objoid = f.oid AND d.objsubid = 0
WHERE NOT EXISTS (SELECT FROM pg_depend AS e
        WHERE e.classid = 'pg_foreign_data_wrapper'::regclass AND e.objid = f.oid AND e.deptype = 'e')
