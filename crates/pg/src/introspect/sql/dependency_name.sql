-- What has dependencies, by the names of snapshots, as far as the raw rows do not name it: relations, columns, defaults
-- and constraints of tables are not here. Source: PostgreSQL manual, 53.18 "pg_depend".
WITH relation AS NOT MATERIALIZED (
    SELECT c.oid, quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS identity,
        CASE c.relkind WHEN 'm' THEN 'materialized view' ELSE 'view' END AS view
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.oid >= 16384
), kind_of_type AS (
    SELECT t.oid, CASE t.typtype WHEN 'd' THEN 'domain' ELSE 'type' END AS kind,
        quote_ident(n.nspname) || '.' || quote_ident(t.typname) AS identity
    FROM pg_type AS t JOIN pg_namespace AS n ON n.oid = t.typnamespace
    WHERE t.oid >= 16384 AND t.typtype <> 'm'
        AND (t.typtype <> 'c' OR t.typrelid IN (SELECT c.oid FROM pg_class AS c WHERE c.relkind = 'c'))
        AND NOT (t.typelem <> 0 AND t.typsubscript = 'array_subscript_handler'::regproc)
)
SELECT 'pg_type'::regclass::oid, oid, kind, identity FROM kind_of_type
UNION ALL
SELECT 'pg_proc'::regclass, p.oid,
    CASE p.prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' ELSE 'function' END,
    quote_ident(n.nspname) || '.' || quote_ident(p.proname) || '(' || pg_get_function_identity_arguments(p.oid) || ')'
    FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace WHERE p.oid >= 16384
UNION ALL
SELECT 'pg_constraint'::regclass, k.oid, 'constraint', t.identity || '.' || quote_ident(k.conname)
    FROM pg_constraint AS k JOIN kind_of_type AS t ON t.oid = k.contypid
UNION ALL
SELECT 'pg_rewrite'::regclass, w.oid, CASE w.rulename WHEN '_RETURN' THEN r.view ELSE 'rule' END,
    CASE w.rulename WHEN '_RETURN' THEN r.identity ELSE r.identity || '.' || quote_ident(w.rulename) END
    FROM pg_rewrite AS w JOIN relation AS r ON r.oid = w.ev_class
UNION ALL
SELECT 'pg_trigger'::regclass, g.oid, 'trigger', r.identity || '.' || quote_ident(g.tgname)
    FROM pg_trigger AS g JOIN relation AS r ON r.oid = g.tgrelid WHERE NOT g.tgisinternal
UNION ALL
SELECT 'pg_policy'::regclass, p.oid, 'policy', r.identity || '.' || quote_ident(p.polname)
    FROM pg_policy AS p JOIN relation AS r ON r.oid = p.polrelid
UNION ALL
SELECT 'pg_statistic_ext'::regclass, s.oid, 'statistics', quote_ident(n.nspname) || '.' || quote_ident(s.stxname)
    FROM pg_statistic_ext AS s JOIN pg_namespace AS n ON n.oid = s.stxnamespace
UNION ALL
SELECT 'pg_namespace'::regclass, oid, 'schema', quote_ident(nspname) FROM pg_namespace WHERE oid >= 16384
UNION ALL
SELECT 'pg_extension'::regclass, oid, 'extension', quote_ident(extname) FROM pg_extension
UNION ALL
SELECT 'pg_collation'::regclass, c.oid, 'collation', quote_ident(n.nspname) || '.' || quote_ident(c.collname)
    FROM pg_collation AS c JOIN pg_namespace AS n ON n.oid = c.collnamespace WHERE c.oid >= 16384
UNION ALL
SELECT 'pg_operator'::regclass, o.oid, 'operator', quote_ident(n.nspname) || '.' || o.oprname || '('
    || CASE o.oprleft WHEN 0 THEN 'NONE' ELSE format_type(o.oprleft, NULL) END || ', '
    || CASE o.oprright WHEN 0 THEN 'NONE' ELSE format_type(o.oprright, NULL) END || ')'
    FROM pg_operator AS o JOIN pg_namespace AS n ON n.oid = o.oprnamespace WHERE o.oid >= 16384
UNION ALL
SELECT 'pg_opclass'::regclass, o.oid, 'operator class',
    quote_ident(n.nspname) || '.' || quote_ident(o.opcname) || ' using ' || quote_ident(m.amname)
    FROM pg_opclass AS o JOIN pg_namespace AS n ON n.oid = o.opcnamespace JOIN pg_am AS m ON m.oid = o.opcmethod
    WHERE o.oid >= 16384
UNION ALL
SELECT 'pg_opfamily'::regclass, o.oid, 'operator family',
    quote_ident(n.nspname) || '.' || quote_ident(o.opfname) || ' using ' || quote_ident(m.amname)
    FROM pg_opfamily AS o JOIN pg_namespace AS n ON n.oid = o.opfnamespace JOIN pg_am AS m ON m.oid = o.opfmethod
    WHERE o.oid >= 16384
UNION ALL
SELECT o.class, o.oid, 'operator family',
    quote_ident(n.nspname) || '.' || quote_ident(f.opfname) || ' using ' || quote_ident(m.amname)
    FROM (SELECT 'pg_amop'::regclass AS class, oid, amopfamily AS family FROM pg_amop
        UNION ALL SELECT 'pg_amproc'::regclass, oid, amprocfamily FROM pg_amproc) AS o
    JOIN pg_opfamily AS f ON f.oid = o.family JOIN pg_namespace AS n ON n.oid = f.opfnamespace
    JOIN pg_am AS m ON m.oid = f.opfmethod
    WHERE f.oid >= 16384 AND NOT EXISTS (SELECT FROM pg_depend AS e WHERE e.classid = o.class AND e.objid = o.oid
        AND e.refclassid = 'pg_opclass'::regclass AND e.deptype <> 'n')
UNION ALL
SELECT e.classid, e.objid, 'operator class',
    quote_ident(n.nspname) || '.' || quote_ident(c.opcname) || ' using ' || quote_ident(m.amname)
    FROM pg_depend AS e JOIN pg_opclass AS c ON c.oid = e.refobjid JOIN pg_namespace AS n ON n.oid = c.opcnamespace
    JOIN pg_am AS m ON m.oid = c.opcmethod
    WHERE e.classid IN ('pg_amop'::regclass, 'pg_amproc'::regclass) AND e.refclassid = 'pg_opclass'::regclass
        AND e.deptype <> 'n' AND c.oid >= 16384
UNION ALL
SELECT 'pg_ts_parser'::regclass, t.oid, 'text search parser', quote_ident(n.nspname) || '.' || quote_ident(t.prsname)
    FROM pg_ts_parser AS t JOIN pg_namespace AS n ON n.oid = t.prsnamespace WHERE t.oid >= 16384
UNION ALL
SELECT 'pg_ts_template'::regclass, t.oid, 'text search template',
    quote_ident(n.nspname) || '.' || quote_ident(t.tmplname)
    FROM pg_ts_template AS t JOIN pg_namespace AS n ON n.oid = t.tmplnamespace WHERE t.oid >= 16384
UNION ALL
SELECT 'pg_ts_dict'::regclass, t.oid, 'text search dictionary',
    quote_ident(n.nspname) || '.' || quote_ident(t.dictname)
    FROM pg_ts_dict AS t JOIN pg_namespace AS n ON n.oid = t.dictnamespace WHERE t.oid >= 16384
UNION ALL
SELECT 'pg_ts_config'::regclass, t.oid, 'text search configuration',
    quote_ident(n.nspname) || '.' || quote_ident(t.cfgname)
    FROM pg_ts_config AS t JOIN pg_namespace AS n ON n.oid = t.cfgnamespace WHERE t.oid >= 16384
UNION ALL
SELECT 'pg_transform'::regclass, t.oid, 'transform', format_type(t.trftype, NULL) || ' language ' || quote_ident(l.lanname)
    FROM pg_transform AS t JOIN pg_language AS l ON l.oid = t.trflang
UNION ALL
SELECT 'pg_am'::regclass, oid, 'access method', quote_ident(amname) FROM pg_am WHERE oid >= 16384
UNION ALL
SELECT 'pg_language'::regclass, oid, 'language', quote_ident(lanname) FROM pg_language WHERE oid >= 16384
UNION ALL
SELECT 'pg_cast'::regclass, oid, 'cast', format_type(castsource, NULL) || ' as ' || format_type(casttarget, NULL)
    FROM pg_cast WHERE oid >= 16384
UNION ALL
SELECT 'pg_foreign_server'::regclass, oid, 'server', quote_ident(srvname) FROM pg_foreign_server
UNION ALL
SELECT 'pg_foreign_data_wrapper'::regclass, oid, 'foreign-data wrapper', quote_ident(fdwname)
    FROM pg_foreign_data_wrapper
UNION ALL
SELECT 'pg_event_trigger'::regclass, oid, 'event trigger', quote_ident(evtname) FROM pg_event_trigger
UNION ALL
SELECT 'pg_publication_rel'::regclass, p.oid, 'publication', quote_ident(b.pubname)
    FROM pg_publication_rel AS p JOIN pg_publication AS b ON b.oid = p.prpubid
