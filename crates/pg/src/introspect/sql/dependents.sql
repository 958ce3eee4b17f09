-- The relations of altered rows ($1: OIDs of relations and indexes), and the units whose printed form can name one of
-- them or of the altered routines ($2), read off the recorded dependencies. `other`: something that is neither a
-- relation nor a routine depends on them. Lists are arrays, so that indexes serve.
WITH relation AS MATERIALIZED (
    SELECT DISTINCT coalesce((SELECT i.indrelid FROM pg_index AS i WHERE i.indexrelid = k.oid), k.oid) AS oid
    FROM unnest($1) AS k (oid)
), dependent AS (
    SELECT d.classid, d.objid FROM pg_depend AS d
    WHERE d.refclassid = 'pg_class'::regclass AND (d.deptype <> 'i' OR d.classid <> 'pg_type'::regclass)
        AND d.refobjid = ANY (ARRAY(SELECT r.oid FROM relation AS r
            UNION ALL SELECT i.indexrelid FROM pg_index AS i WHERE i.indrelid = ANY (ARRAY(SELECT r.oid FROM relation AS r))))
    UNION
    SELECT d.classid, d.objid FROM pg_depend AS d
    WHERE d.refclassid = 'pg_type'::regclass AND (d.deptype <> 'i' OR d.classid <> 'pg_type'::regclass)
        AND d.refobjid = ANY (ARRAY(SELECT unnest(ARRAY[t.oid, t.typarray]) FROM pg_type AS t
            WHERE t.oid = ANY (ARRAY(SELECT c.reltype FROM pg_class AS c
                WHERE c.oid = ANY (ARRAY(SELECT r.oid FROM relation AS r))))))
    UNION
    SELECT d.classid, d.objid FROM pg_depend AS d
    WHERE d.refclassid = 'pg_proc'::regclass AND d.refobjid = ANY ($2)
)
SELECT 'relation', r.oid FROM relation AS r
UNION
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
