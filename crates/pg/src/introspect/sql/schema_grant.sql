-- Privileges on schemas that differ from the default ones. Source: PostgreSQL manual, 5.8 "Privileges".
WITH object (kind, identity, owner, acl, usual) AS (
    SELECT 'schema', quote_ident(n.nspname), n.nspowner, n.nspacl,
        acldefault('n'::"char", n.nspowner)
    FROM pg_namespace AS n
    WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND NOT EXISTS (SELECT FROM pg_depend AS e
        WHERE e.classid = 'pg_namespace'::regclass AND e.objid = n.oid AND e.deptype = 'e')
)
{grants_of_objects}
