-- Constraints of domains.
SELECT con.contypid AS _unit,
    quote_ident(n.nspname) || '.' || quote_ident(t.typname) || '.' || quote_ident(con.conname) AS _identity,
    'domain' AS _parent_kind,
    quote_ident(n.nspname) || '.' || quote_ident(t.typname) AS _parent,
    pg_get_constraintdef(con.oid) AS "definition",
    d.description AS "comment"
FROM pg_constraint AS con
JOIN pg_type AS t ON t.oid = con.contypid
JOIN pg_namespace AS n ON n.oid = t.typnamespace
LEFT JOIN pg_description AS d
    ON d.classoid = 'pg_constraint'::regclass AND d.objoid = con.oid AND d.objsubid = 0
WHERE con.contypid >= 16384 AND n.nspname !~ '^pg_'
    AND NOT EXISTS (SELECT FROM pg_depend AS e
        WHERE e.classid = 'pg_type'::regclass AND e.objid = con.contypid AND e.deptype = 'e')
