-- Text search configurations. Source: PostgreSQL manual, 53.59 "pg_ts_config".
SELECT t.oid AS _unit,
    quote_ident(n.nspname) || '.' || quote_ident(t.cfgname) AS _identity,
    pg_get_userbyid(t.cfgowner)::text AS "owner",
    quote_ident(pn.nspname) || '.' || quote_ident(p.prsname) AS "parser",
    (SELECT string_agg(k.alias || ' with ' || m.dictionaries, E',\n' ORDER BY k.alias)
        FROM (SELECT mapcfg, maptokentype,
                string_agg(mapdict::regdictionary::text, ', ' ORDER BY mapseqno) AS dictionaries
            FROM pg_ts_config_map WHERE mapcfg = t.oid GROUP BY mapcfg, maptokentype) AS m
        JOIN ts_token_type(t.cfgparser) AS k ON k.tokid = m.maptokentype) AS "mapping",
    d.description AS "comment"
FROM pg_ts_config AS t
JOIN pg_namespace AS n ON n.oid = t.cfgnamespace
JOIN pg_ts_parser AS p ON p.oid = t.cfgparser
JOIN pg_namespace AS pn ON pn.oid = p.prsnamespace
LEFT JOIN pg_description AS d ON d.classoid = 'pg_ts_config'::regclass AND d.objoid = t.oid AND d.objsubid = 0
WHERE t.oid >= 16384 AND n.nspname !~ '^pg_' AND NOT EXISTS (SELECT FROM pg_depend AS e
        WHERE e.classid = 'pg_ts_config'::regclass AND e.objid = t.oid AND e.deptype = 'e')
