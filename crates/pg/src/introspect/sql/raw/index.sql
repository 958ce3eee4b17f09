-- Indexes. Source: PostgreSQL manual, 53.26 "pg_index".
-- The type of an expression tells which operator class it takes by itself; other methods store another type.
SELECT i.indexrelid, i.indrelid, i.indisunique, i.indisvalid, i.indisready, i.indisclustered, i.indisreplident,
    i.indnkeyatts, i.indkey::int2[], i.indcollation::oid[], i.indclass::oid[], i.indoption::int2[],
    i.indexprs::text, i.indpred::text,
    CASE WHEN i.indexprs IS NOT NULL AND c.relam IN (SELECT m.oid FROM pg_am AS m WHERE m.amname IN ('btree', 'hash'))
        THEN ARRAY(SELECT a.atttypid FROM pg_attribute AS a WHERE a.attrelid = i.indexrelid ORDER BY a.attnum) END
    , i.indnullsnotdistinct --@15+
FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid
WHERE i.indrelid >= 16384 AND {unit i.indrelid}
