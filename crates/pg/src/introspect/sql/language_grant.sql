-- Privileges on languages that differ from the default ones. Source: PostgreSQL manual, 5.8 "Privileges".
WITH object (kind, identity, owner, acl, usual) AS (
    SELECT 'language', quote_ident(l.lanname), l.lanowner, l.lanacl, acldefault('l'::"char", l.lanowner)
    FROM pg_language AS l WHERE l.lanispl
)
{grants_of_objects}
