-- Comments on relations and columns (the column is not 0), on constraints, and on composite types, where the relation is
-- the type's. Source: PostgreSQL manual, 53.19 "pg_description".
SELECT d.objoid, d.objsubid, d.description
FROM pg_description AS d
WHERE d.objoid >= 16384 AND d.classoid IN ('pg_class'::regclass, 'pg_constraint'::regclass)
    AND {described d.objoid}
UNION ALL
SELECT t.typrelid, 0, d.description
FROM pg_description AS d JOIN pg_type AS t ON t.oid = d.objoid
WHERE d.objoid >= 16384 AND d.classoid = 'pg_type'::regclass AND t.typrelid <> 0
    AND {unit t.typrelid}
