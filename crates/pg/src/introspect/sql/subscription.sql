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
    CASE s.substream::text WHEN 'true' THEN 'on' WHEN 't' THEN 'on' WHEN 'p' THEN 'parallel' END AS "streaming",
    CASE WHEN s.subtwophasestate <> 'd' THEN 'true' END AS "two phase", --@15+
    CASE WHEN s.subdisableonerr THEN 'true' END AS "disable on error", --@15+
    CASE WHEN NOT s.subpasswordrequired THEN 'false' END AS "password required", --@16+
    CASE WHEN s.subrunasowner THEN 'true' END AS "run as owner", --@16+
    nullif(s.suborigin, 'any') AS "origin", --@16+
    CASE WHEN s.subfailover THEN 'true' END AS "failover", --@17+
    d.description AS "comment"
FROM pg_subscription AS s
LEFT JOIN pg_description AS d ON d.classoid = 'pg_subscription'::regclass AND d.objoid = s.oid AND d.objsubid = 0
WHERE s.subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())
