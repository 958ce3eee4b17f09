-- Parents of tables and of indexes. Source: PostgreSQL manual, 53.27 "pg_inherits".
SELECT h.inhrelid, h.inhparent, h.inhseqno, h.inhdetachpending
FROM pg_inherits AS h
WHERE {relations h.inhrelid}
