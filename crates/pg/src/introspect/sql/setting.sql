-- Settings of this database and of roles in it. Source: PostgreSQL manual, 53.16 "pg_db_role_setting".
SELECT 0::oid AS _unit,
    CASE s.setrole WHEN 0 THEN 'database' ELSE 'role ' || quote_ident(pg_get_userbyid(s.setrole)::text) END
        || ': ' || split_part(o, '=', 1) AS _identity,
    substr(o, strpos(o, '=') + 1) AS "value"
FROM pg_db_role_setting AS s, unnest(s.setconfig) AS o
WHERE s.setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
