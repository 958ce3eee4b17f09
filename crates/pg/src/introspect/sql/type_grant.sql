-- Privileges on types that differ from the default ones. Source: PostgreSQL manual, 5.8 "Privileges".
WITH object (kind, identity, owner, acl, usual) AS (
    SELECT CASE t.typtype WHEN 'd' THEN 'domain' ELSE 'type' END,
        quote_ident(n.nspname) || '.' || quote_ident(t.typname), t.typowner, t.typacl,
        acldefault('T'::"char", t.typowner)
    FROM pg_type AS t JOIN pg_namespace AS n ON n.oid = t.typnamespace
    WHERE t.oid >= 16384 AND NOT EXISTS (SELECT FROM pg_depend AS e
        WHERE e.classid = 'pg_type'::regclass AND e.objid = t.oid AND e.deptype = 'e')
)
{grants_of_objects}
