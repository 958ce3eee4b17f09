-- Functions, procedures, aggregates. Source: PostgreSQL manual, 53.39 "pg_proc", 53.2 "pg_aggregate".
SELECT p.oid AS _unit,
    CASE p.prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' ELSE 'function' END AS _kind,
    quote_ident(n.nspname) || '.' || quote_ident(p.proname)
        || '(' || pg_get_function_identity_arguments(p.oid) || ')' AS _identity,
    pg_get_userbyid(p.proowner)::text AS "owner",
    nullif(pg_get_function_arguments(p.oid), pg_get_function_identity_arguments(p.oid)) AS "arguments",
    pg_get_function_result(p.oid) AS "returns",
    CASE WHEN p.prokind <> 'a' THEN quote_ident(l.lanname) END AS "language",
    CASE p.provolatile WHEN 'i' THEN 'immutable' WHEN 's' THEN 'stable' END AS "volatility",
    CASE WHEN p.proisstrict THEN 'true' END AS "strict",
    CASE WHEN p.prosecdef THEN 'true' END AS "security definer",
    CASE WHEN p.proleakproof THEN 'true' END AS "leakproof",
    CASE p.proparallel WHEN 's' THEN 'safe' WHEN 'r' THEN 'restricted' END AS "parallel",
    CASE p.prokind WHEN 'w' THEN 'true' END AS "window",
    nullif(p.procost, CASE WHEN l.lanname IN ('internal', 'c') THEN 1 ELSE 100 END)::text AS "cost",
    CASE WHEN p.proretset THEN nullif(p.prorows, 1000)::text END AS "rows",
    CASE WHEN p.prosupport <> 0 THEN p.prosupport::regproc::text END AS "support",
    CASE WHEN p.proconfig IS NOT NULL
        THEN (SELECT string_agg(o, E'\n' ORDER BY o) FROM unnest(p.proconfig) AS o) END AS "settings",
    CASE WHEN p.protrftypes IS NOT NULL
        THEN (SELECT string_agg(format_type(o, NULL), ', ') FROM unnest(p.protrftypes) AS o) END AS "transforms",
    CASE WHEN p.prokind <> 'a' THEN coalesce(pg_get_function_sqlbody(p.oid), p.prosrc) END AS "body",
    p.probin AS "library",
    nullif(a.aggkind, 'n')::text AS "aggregate kind",
    nullif(a.aggnumdirectargs, 0)::text AS "direct arguments",
    a.aggtransfn::text AS "transition function",
    nullif(a.aggfinalfn::oid, 0)::regproc::text AS "final function",
    nullif(a.aggcombinefn::oid, 0)::regproc::text AS "combine function",
    nullif(a.aggserialfn::oid, 0)::regproc::text AS "serial function",
    nullif(a.aggdeserialfn::oid, 0)::regproc::text AS "deserial function",
    nullif(a.aggmtransfn::oid, 0)::regproc::text AS "moving transition function",
    nullif(a.aggminvtransfn::oid, 0)::regproc::text AS "moving inverse function",
    nullif(a.aggmfinalfn::oid, 0)::regproc::text AS "moving final function",
    CASE WHEN a.aggfinalextra THEN 'true' END AS "final function extra",
    CASE WHEN a.aggmfinalextra THEN 'true' END AS "moving final function extra",
    a.aggfinalmodify::text AS "final function modify",
    a.aggmfinalmodify::text AS "moving final function modify",
    CASE WHEN a.aggsortop <> 0 THEN a.aggsortop::regoperator::text END AS "sort operator",
    CASE WHEN a.aggtranstype <> 0 THEN format_type(a.aggtranstype, NULL) END AS "state type",
    nullif(a.aggtransspace, 0)::text AS "state space",
    CASE WHEN a.aggmtranstype <> 0 THEN format_type(a.aggmtranstype, NULL) END AS "moving state type",
    nullif(a.aggmtransspace, 0)::text AS "moving state space",
    a.agginitval AS "initial value",
    a.aggminitval AS "moving initial value",
    (SELECT string_agg(quote_ident(x.extname), ', ' ORDER BY x.extname)
        FROM pg_depend AS e JOIN pg_extension AS x ON x.oid = e.refobjid
        WHERE e.classid = 'pg_proc'::regclass AND e.objid = p.oid AND e.refclassid = 'pg_extension'::regclass
            AND e.deptype = 'x') AS "depends on extensions",
    d.description AS "comment"
FROM pg_proc AS p
JOIN pg_namespace AS n ON n.oid = p.pronamespace
JOIN pg_language AS l ON l.oid = p.prolang
LEFT JOIN pg_aggregate AS a ON a.aggfnoid = p.oid
LEFT JOIN pg_description AS d ON d.classoid = 'pg_proc'::regclass AND d.objoid = p.oid AND d.objsubid = 0
WHERE p.oid >= 16384 AND n.nspname !~ '^pg_'
    AND NOT EXISTS (SELECT FROM pg_depend AS e
        WHERE e.classid = 'pg_proc'::regclass AND e.objid = p.oid AND e.deptype IN ('e', 'i'))
    AND {unit p.oid}
