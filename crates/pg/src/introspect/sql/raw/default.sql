-- Expressions of columns: defaults and generated values. Source: PostgreSQL manual, 53.6 "pg_attrdef".
SELECT d.adrelid, d.adnum, d.oid, d.adbin::text
FROM pg_attrdef AS d
WHERE d.adrelid >= 16384 AND {unit d.adrelid}
