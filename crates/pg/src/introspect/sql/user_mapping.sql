-- User mappings. The values of their options are secrets: only the names are read, and only where the server shows
-- them. Source: PostgreSQL manual, 54.34 "pg_user_mappings".
SELECT u.umid AS _unit,
    CASE u.umuser WHEN 0 THEN 'PUBLIC' ELSE quote_ident(u.usename) END || ' on ' || quote_ident(u.srvname) AS _identity,
    'server' AS _parent_kind,
    quote_ident(u.srvname) AS _parent,
    (SELECT string_agg(split_part(o, '=', 1), ', ' ORDER BY o) FROM unnest(u.umoptions) AS o) AS "options"
FROM pg_user_mappings AS u
