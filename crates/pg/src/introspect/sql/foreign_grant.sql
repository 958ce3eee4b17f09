-- Privileges on foreign-data wrappers and servers that differ from the default ones. Source: PostgreSQL manual, 5.8 "Privileges".
WITH object (kind, identity, owner, acl, usual) AS (
    SELECT 'foreign-data wrapper', quote_ident(f.fdwname), f.fdwowner, f.fdwacl, acldefault('F'::"char", f.fdwowner)
    FROM pg_foreign_data_wrapper AS f
    UNION ALL
    SELECT 'server', quote_ident(s.srvname), s.srvowner, s.srvacl, acldefault('S'::"char", s.srvowner)
    FROM pg_foreign_server AS s
)
{grants_of_objects}
