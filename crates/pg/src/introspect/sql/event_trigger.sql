-- Event triggers. Source: PostgreSQL manual, 53.21 "pg_event_trigger".
SELECT t.oid AS _unit,
    quote_ident(t.evtname) AS _identity,
    pg_get_userbyid(t.evtowner)::text AS "owner",
    t.evtevent::text AS "event",
    t.evtfoid::regprocedure::text AS "function",
    (SELECT string_agg(quote_literal(tag), ', ' ORDER BY tag) FROM unnest(t.evttags) AS tag) AS "tags",
    CASE t.evtenabled WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'replica' WHEN 'A' THEN 'always' END AS "enabled",
    d.description AS "comment"
FROM pg_event_trigger AS t
LEFT JOIN pg_description AS d ON d.classoid = 'pg_event_trigger'::regclass AND d.objoid = t.oid AND d.objsubid = 0
-- Those of our own guard are no part of a schema.
WHERE NOT EXISTS (SELECT FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace
    WHERE p.oid = t.evtfoid AND n.nspname = 'groundline_guard')
  AND NOT EXISTS (SELECT FROM pg_depend AS e
    WHERE e.classid = 'pg_event_trigger'::regclass AND e.objid = t.oid AND e.deptype = 'e')
