-- Constraints of tables; those of domains are with the types. Source: PostgreSQL manual, 53.13 "pg_constraint".
-- A foreign key to a partitioned table has internal twins for the partitions: they follow from the first.
SELECT con.conrelid AS _unit,
    quote_ident(con.conname) AS _part,
    pg_get_constraintdef(con.oid) AS "definition",
    CASE WHEN NOT con.conislocal THEN 'true' END AS "inherited",
    CASE WHEN con.contype = 'f' THEN (
        SELECT string_agg(DISTINCT CASE t.tgenabled WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'replica'
            ELSE 'always' END, ', ')
        FROM pg_trigger AS t WHERE t.tgconstraint = con.oid AND t.tgenabled <> 'O') END AS "triggers",
    d.description AS "comment"
FROM pg_constraint AS con
LEFT JOIN pg_description AS d
    ON d.classoid = 'pg_constraint'::regclass AND d.objoid = con.oid AND d.objsubid = 0
WHERE con.conrelid >= 16384 AND con.contype <> 't' AND (con.contype <> 'f' OR con.conparentid = 0)
    AND {unit con.conrelid}
