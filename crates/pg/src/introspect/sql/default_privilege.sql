-- Default privileges. Source: PostgreSQL manual, 53.17 "pg_default_acl".
SELECT a.oid AS _unit,
    CASE a.defaclobjtype WHEN 'r' THEN 'tables' WHEN 'S' THEN 'sequences' WHEN 'f' THEN 'functions'
        WHEN 'T' THEN 'types' WHEN 'n' THEN 'schemas' ELSE 'large objects' END
        || coalesce(' in schema ' || quote_ident(n.nspname), '')
        || ' of ' || quote_ident(pg_get_userbyid(a.defaclrole)::text)
        || ' to ' || CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(x.grantee)::text) END
        AS _identity,
    string_agg(x.privilege_type || CASE WHEN x.is_grantable THEN ' with grant option' ELSE '' END, ', '
        ORDER BY x.privilege_type) AS "privileges"
FROM pg_default_acl AS a
LEFT JOIN pg_namespace AS n ON n.oid = a.defaclnamespace
CROSS JOIN LATERAL aclexplode(a.defaclacl) AS x
GROUP BY a.oid, a.defaclobjtype, n.nspname, a.defaclrole, x.grantee
