-- The relations of altered rows ($1: OIDs of relations and indexes), and the units whose printed form can name one of
-- them or of the altered routines ($2), read off the recorded dependencies. `other`: something that is neither a
-- relation nor a routine depends on them.
WITH relation AS (
    SELECT coalesce(i.indrelid, k.oid) AS oid
    FROM unnest($1) AS k (oid) LEFT JOIN pg_index AS i ON i.indexrelid = k.oid
), altered AS (
    SELECT 'pg_class'::regclass AS class, oid FROM relation
    UNION ALL SELECT 'pg_class'::regclass, i.indexrelid FROM pg_index AS i WHERE i.indrelid IN (SELECT oid FROM relation)
    UNION ALL SELECT 'pg_type'::regclass, unnest(ARRAY[t.oid, t.typarray])
        FROM pg_type AS t WHERE t.typrelid IN (SELECT oid FROM relation)
    UNION ALL SELECT 'pg_proc'::regclass, unnest FROM unnest($2)
), dependent AS (
    SELECT DISTINCT d.classid, d.objid
    FROM altered AS a JOIN pg_depend AS d ON d.refclassid = a.class AND d.refobjid = a.oid
    WHERE d.deptype <> 'i' OR d.classid <> 'pg_type'::regclass
)
SELECT 'relation', r.oid FROM relation AS r
UNION ALL
SELECT CASE WHEN u.unit IS NOT NULL THEN 'relation' WHEN d.classid = 'pg_proc'::regclass THEN 'routine' ELSE 'other' END,
    coalesce(u.unit, d.objid)
FROM dependent AS d LEFT JOIN LATERAL (
    SELECT coalesce((SELECT i.indrelid FROM pg_index AS i WHERE i.indexrelid = d.objid), d.objid) AS unit
        WHERE d.classid = 'pg_class'::regclass
    UNION ALL SELECT r.ev_class FROM pg_rewrite AS r WHERE d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid
    UNION ALL SELECT c.conrelid FROM pg_constraint AS c
        WHERE d.classid = 'pg_constraint'::regclass AND c.oid = d.objid AND c.conrelid <> 0
    UNION ALL SELECT a.adrelid FROM pg_attrdef AS a WHERE d.classid = 'pg_attrdef'::regclass AND a.oid = d.objid
    UNION ALL SELECT t.tgrelid FROM pg_trigger AS t WHERE d.classid = 'pg_trigger'::regclass AND t.oid = d.objid
    UNION ALL SELECT p.polrelid FROM pg_policy AS p WHERE d.classid = 'pg_policy'::regclass AND p.oid = d.objid
    UNION ALL SELECT s.stxrelid FROM pg_statistic_ext AS s
        WHERE d.classid = 'pg_statistic_ext'::regclass AND s.oid = d.objid
) AS u ON true
