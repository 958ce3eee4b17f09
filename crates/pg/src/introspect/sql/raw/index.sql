-- Indexes. Source: PostgreSQL manual, 53.26 "pg_index". The types of an index with expressions tell which operator
-- classes its keys take by themselves.
SELECT i.indexrelid, i.indrelid, i.indisunique, i.indisvalid, i.indisready, i.indisclustered, i.indisreplident,
    i.indnkeyatts, i.indkey, i.indcollation, i.indclass, i.indoption, i.indexprs::text, i.indpred::text,
    CASE WHEN i.indexprs IS NOT NULL
        THEN ARRAY(SELECT a.atttypid FROM pg_attribute AS a WHERE a.attrelid = i.indexrelid ORDER BY a.attnum) END
    , i.indnullsnotdistinct --@15+
FROM pg_index AS i
WHERE i.indrelid >= 16384 AND {unit i.indrelid}
