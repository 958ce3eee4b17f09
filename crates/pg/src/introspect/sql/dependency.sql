-- What needs what, as numbers: a row for all of one kind. What the server has from its beginning is not in it, but for
-- extensions; triggers that a constraint has are its parts. Source: PostgreSQL manual, 53.18 "pg_depend".
SELECT d.classid, d.refclassid, d.deptype,
    array_agg(d.objid), array_agg(d.objsubid::int2), array_agg(d.refobjid), array_agg(d.refobjsubid::int2)
FROM pg_depend AS d
WHERE d.objid >= 16384 AND (d.refobjid >= 16384 OR d.refclassid = 'pg_extension'::regclass)
    AND d.deptype IN ('n', 'a', 'i', 'e', 'P', 'S')
    AND NOT (d.classid = 'pg_trigger'::regclass AND d.deptype = 'i')
GROUP BY d.classid, d.refclassid, d.deptype
