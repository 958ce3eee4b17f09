-- What foreign tables are on their servers. Source: PostgreSQL manual, 53.25 "pg_foreign_table".
SELECT f.ftrelid, quote_ident(s.srvname), {list f.ftoptions}
FROM pg_foreign_table AS f JOIN pg_foreign_server AS s ON s.oid = f.ftserver
WHERE f.ftrelid = ANY ($1)
