-- Comments on relations and columns (the column is not 0) and on constraints. Source: PostgreSQL manual, 53.19
-- "pg_description".
SELECT d.objoid, d.objsubid, d.description
FROM pg_description AS d
WHERE d.objoid >= 16384 AND d.classoid IN ('pg_class'::regclass, 'pg_constraint'::regclass)
    AND {described d.objoid}
