-- Rules; the rule that is a view is the view's definition. Source: PostgreSQL manual, 53.45 "pg_rewrite".
SELECT r.ev_class AS _unit,
    quote_ident(r.rulename) AS _part,
    pg_get_ruledef(r.oid) AS "definition",
    CASE r.ev_enabled WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'replica' WHEN 'A' THEN 'always' END AS "enabled",
    d.description AS "comment"
FROM pg_rewrite AS r
LEFT JOIN pg_description AS d
    ON d.classoid = 'pg_rewrite'::regclass AND d.objoid = r.oid AND d.objsubid = 0
WHERE r.oid >= 16384 AND r.rulename <> '_RETURN' AND {unit r.ev_class}
