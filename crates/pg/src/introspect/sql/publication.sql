-- Publications. Source: PostgreSQL manual, 53.40 "pg_publication".
SELECT p.oid AS _unit,
    quote_ident(p.pubname) AS _identity,
    pg_get_userbyid(p.pubowner)::text AS "owner",
    CASE WHEN p.puballtables THEN 'true' END AS "all tables",
    concat_ws(', ', CASE WHEN p.pubinsert THEN 'insert' END, CASE WHEN p.pubupdate THEN 'update' END,
        CASE WHEN p.pubdelete THEN 'delete' END, CASE WHEN p.pubtruncate THEN 'truncate' END) AS "publishes",
    CASE WHEN p.pubviaroot THEN 'true' END AS "via partition root",
    nullif(p.pubgencols::text, 'n') AS "generated columns", --@18+
    (SELECT string_agg(r.prrelid::regclass::text
            || CASE WHEN r.prattrs IS NOT NULL THEN ' (' || (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) FROM pg_attribute AS a WHERE a.attrelid = r.prrelid AND a.attnum = ANY (r.prattrs)) || ')' ELSE '' END --@15+
            || CASE WHEN r.prqual IS NOT NULL THEN ' WHERE ' || pg_get_expr(r.prqual, r.prrelid) ELSE '' END --@15+
            , E',\n' ORDER BY r.prrelid::regclass::text)
        FROM pg_publication_rel AS r WHERE r.prpubid = p.oid) AS "tables",
    (SELECT string_agg(quote_ident(n.nspname), ', ' ORDER BY n.nspname) FROM pg_publication_namespace AS s JOIN pg_namespace AS n ON n.oid = s.pnnspid WHERE s.pnpubid = p.oid) AS "schemas", --@15+
    d.description AS "comment"
FROM pg_publication AS p
LEFT JOIN pg_description AS d ON d.classoid = 'pg_publication'::regclass AND d.objoid = p.oid AND d.objsubid = 0
