-- Text search dictionaries; their options, which are one text, are sorted. Source: PostgreSQL manual, 53.61 "pg_ts_dict".
SELECT t.oid AS _unit,
    quote_ident(n.nspname) || '.' || quote_ident(t.dictname) AS _identity,
    pg_get_userbyid(t.dictowner)::text AS "owner",
    quote_ident(tn.nspname) || '.' || quote_ident(p.tmplname) AS "template",
    (SELECT string_agg(o[1], ', ' ORDER BY o[1])
        FROM regexp_matches(t.dictinitoption,
            '((?:"(?:[^"]|"")*"|[^[:space:]",=]+) = (?:E?''(?:[^'']|'''')*''|[^[:space:],'']+))', 'g') AS o) AS "options",
    d.description AS "comment"
FROM pg_ts_dict AS t
JOIN pg_namespace AS n ON n.oid = t.dictnamespace
JOIN pg_ts_template AS p ON p.oid = t.dicttemplate
JOIN pg_namespace AS tn ON tn.oid = p.tmplnamespace
LEFT JOIN pg_description AS d ON d.classoid = 'pg_ts_dict'::regclass AND d.objoid = t.oid AND d.objsubid = 0
WHERE t.oid >= 16384 AND n.nspname !~ '^pg_' AND NOT EXISTS (SELECT FROM pg_depend AS e
        WHERE e.classid = 'pg_ts_dict'::regclass AND e.objid = t.oid AND e.deptype = 'e')
