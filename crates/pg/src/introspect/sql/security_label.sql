-- Security labels. Source: PostgreSQL manual, 54.24 "pg_seclabels".
SELECT 0::oid AS _unit,
    o.type || ' ' || o.identity || ' by ' || l.provider AS _identity,
    l.label AS "label"
FROM pg_seclabel AS l, LATERAL pg_identify_object(l.classoid, l.objoid, l.objsubid) AS o
