-- Triggers of foreign keys that do not fire as usual. Source: PostgreSQL manual, 53.58 "pg_trigger".
SELECT t.tgconstraint, t.tgenabled
FROM pg_trigger AS t
WHERE t.tgconstraint <> 0 AND t.tgenabled <> 'O' AND {constrained t.tgconstraint}
