-- Default privileges that differ from the usual ones; those of a schema are added to the others. Source: PostgreSQL
-- manual, 53.17 "pg_default_acl". `(owner)` stands for the role that makes the objects.
SELECT a.oid AS _unit,
    CASE a.defaclobjtype WHEN 'r' THEN 'tables' WHEN 'S' THEN 'sequences' WHEN 'f' THEN 'functions'
        WHEN 'T' THEN 'types' WHEN 'n' THEN 'schemas' ELSE 'large objects' END
        || coalesce(' in schema ' || quote_ident(n.nspname), '')
        || ' of ' || quote_ident(pg_get_userbyid(a.defaclrole)::text)
        || ' to ' || g.grantee AS _identity,
    g.privileges AS "privileges"
FROM (SELECT *, CASE WHEN defaclnamespace = 0 THEN acldefault(
        CASE defaclobjtype WHEN 'S' THEN 's'::"char" ELSE defaclobjtype END, defaclrole) END AS usual
    FROM pg_default_acl) AS a
LEFT JOIN pg_namespace AS n ON n.oid = a.defaclnamespace
CROSS JOIN LATERAL (
{grants a.defaclacl a.usual a.defaclrole}
) AS g
