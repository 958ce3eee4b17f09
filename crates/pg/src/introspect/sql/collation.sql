-- Collations. Which version of its library a collation was made with counts in the full profile only. Source: PostgreSQL
-- manual, 53.12 "pg_collation".
SELECT c.oid AS _unit,
    quote_ident(n.nspname) || '.' || quote_ident(c.collname) AS _identity,
    pg_get_userbyid(c.collowner)::text AS "owner",
    CASE c.collprovider WHEN 'c' THEN 'libc' WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' WHEN 'd' THEN 'default'
        ELSE c.collprovider::text END AS "provider",
    CASE WHEN NOT c.collisdeterministic THEN 'false' END AS "deterministic",
    c.collcollate::text AS "order",
    nullif(c.collctype::text, c.collcollate::text) AS "classification",
    to_jsonb(c) ->> 'colliculocale' AS "ICU locale", --@15+
    to_jsonb(c) ->> 'colllocale' AS "locale", --@17+
    to_jsonb(c) ->> 'collicurules' AS "ICU rules", --@16+
    c.collversion AS "library version",
    d.description AS "comment"
FROM pg_collation AS c
JOIN pg_namespace AS n ON n.oid = c.collnamespace
LEFT JOIN pg_description AS d ON d.classoid = 'pg_collation'::regclass AND d.objoid = c.oid AND d.objsubid = 0
WHERE c.oid >= 16384 AND n.nspname !~ '^pg_' AND NOT EXISTS (SELECT FROM pg_depend AS e
        WHERE e.classid = 'pg_collation'::regclass AND e.objid = c.oid AND e.deptype = 'e')
