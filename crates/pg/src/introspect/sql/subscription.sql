-- Subscriptions of this database. Their connection string is a secret and never read. Source: PostgreSQL manual,
-- 53.54 "pg_subscription".
SELECT s.oid AS _unit,
    quote_ident(s.subname) AS _identity,
    pg_get_userbyid(s.subowner)::text AS "owner",
    CASE WHEN NOT s.subenabled THEN 'false' END AS "enabled",
    s.subslotname::text AS "slot",
    s.subsynccommit AS "synchronous commit",
    (SELECT string_agg(quote_ident(p), ', ' ORDER BY p) FROM unnest(s.subpublications) AS p) AS "publications",
    CASE WHEN s.subbinary THEN 'true' END AS "binary",
    d.description AS "comment"
FROM pg_subscription AS s
LEFT JOIN pg_description AS d ON d.classoid = 'pg_subscription'::regclass AND d.objoid = s.oid AND d.objsubid = 0
WHERE s.subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())
