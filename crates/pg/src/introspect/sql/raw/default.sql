-- Expressions of columns: defaults and generated values, each with the columns that have it. Source: PostgreSQL manual,
-- 53.6 "pg_attrdef".
SELECT d.adbin::text, array_agg(d.adrelid), array_agg(d.adnum), array_agg(d.oid)
FROM pg_attrdef AS d
WHERE d.adrelid >= 16384 AND {unit d.adrelid}
GROUP BY d.adbin::text
