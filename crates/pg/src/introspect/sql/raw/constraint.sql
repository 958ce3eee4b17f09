-- Constraints of tables; those of domains are with the types. Source: PostgreSQL manual, 53.13 "pg_constraint".
-- A foreign key to a partitioned table has internal twins for the partitions: they follow from the first.
SELECT con.oid, con.conrelid, quote_ident(con.conname), con.contype, con.condeferrable, con.condeferred,
    con.convalidated, con.conislocal, con.connoinherit, con.conindid, con.confrelid, con.confupdtype,
    con.confdeltype, con.confmatchtype, con.conkey, con.confkey,
    con.conbin::text,
    CASE WHEN con.contype NOT IN ('p', 'u', 'f', 'c', 'n') THEN pg_get_constraintdef(con.oid) END
    , con.confdelsetcols --@15+
    , con.conenforced, con.conperiod --@18+
FROM pg_constraint AS con
WHERE con.conrelid >= 16384 AND con.contype <> 't' AND (con.contype <> 'f' OR con.conparentid = 0)
    AND {unit con.conrelid}
