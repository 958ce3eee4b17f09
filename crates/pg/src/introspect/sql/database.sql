-- The database itself: how it stores and sorts texts, and what was set of it. Source: PostgreSQL manual, 53.15
-- "pg_database".
SELECT 0::oid AS _unit,
    'database' AS _identity,
    pg_get_userbyid(b.datdba)::text AS "owner",
    (SELECT t.spcname::text FROM pg_tablespace AS t WHERE t.oid = b.dattablespace AND t.spcname <> 'pg_default') AS "tablespace",
    pg_encoding_to_char(b.encoding)::text AS "encoding",
    CASE b.datlocprovider WHEN 'c' THEN 'libc' WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' ELSE b.datlocprovider::text END AS "provider", --@15+
    b.datcollate::text AS "order",
    nullif(b.datctype::text, b.datcollate::text) AS "classification",
    to_jsonb(b) ->> 'daticulocale' AS "ICU locale", --@15+
    b.datlocale AS "locale", --@17+
    b.daticurules AS "ICU rules", --@16+
    b.datcollversion AS "library version", --@15+
    CASE WHEN b.datistemplate THEN 'true' END AS "template",
    nullif(b.datconnlimit, -1)::text AS "connection limit",
    d.description AS "comment"
FROM pg_database AS b
LEFT JOIN pg_shdescription AS d ON d.classoid = 'pg_database'::regclass AND d.objoid = b.oid
WHERE b.datname = current_database()
