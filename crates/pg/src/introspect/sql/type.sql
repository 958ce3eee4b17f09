-- Enums, domains, ranges, base types. Composite types are with the relations; row, array and multirange types
-- follow from others. Source: PostgreSQL manual, 53.64 "pg_type".
SELECT t.oid AS _unit,
    CASE t.typtype WHEN 'd' THEN 'domain' ELSE 'type' END AS _kind,
    quote_ident(n.nspname) || '.' || quote_ident(t.typname) AS _identity,
    pg_get_userbyid(t.typowner)::text AS "owner",
    CASE t.typtype WHEN 'e' THEN 'enum' WHEN 'r' THEN 'range' WHEN 'd' THEN NULL WHEN 'p' THEN 'shell'
        ELSE 'base' END AS "form",
    CASE WHEN t.typtype = 'e' THEN (SELECT string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder)
        FROM pg_enum AS e WHERE e.enumtypid = t.oid) END AS "labels",
    CASE WHEN t.typtype = 'd' THEN format_type(t.typbasetype, t.typtypmod) END AS "type",
    CASE WHEN t.typnotnull THEN 'true' END AS "not null",
    CASE WHEN t.typtype IN ('d', 'b') THEN t.typdefault END AS "default",
    CASE WHEN t.typtype = 'd' AND t.typcollation <> base.typcollation
        THEN (SELECT quote_ident(cn.nspname) || '.' || quote_ident(co.collname)
            FROM pg_collation AS co JOIN pg_namespace AS cn ON cn.oid = co.collnamespace
            WHERE co.oid = t.typcollation) END AS "collation",
    CASE WHEN r.rngtypid IS NOT NULL THEN format_type(r.rngsubtype, NULL) END AS "subtype",
    CASE WHEN r.rngtypid IS NOT NULL THEN r.rngmultitypid::regtype::text END AS "multirange",
    (SELECT quote_ident(cn.nspname) || '.' || quote_ident(co.collname)
        FROM pg_collation AS co JOIN pg_namespace AS cn ON cn.oid = co.collnamespace
        WHERE co.oid = nullif(r.rngcollation, sub.typcollation)) AS "subtype collation",
    (SELECT quote_ident(on_.nspname) || '.' || quote_ident(o.opcname)
        FROM pg_opclass AS o JOIN pg_namespace AS on_ ON on_.oid = o.opcnamespace
        WHERE o.oid = r.rngsubopc AND NOT o.opcdefault) AS "subtype operator class",
    nullif(r.rngcanonical::oid, 0)::regproc::text AS "canonical function",
    nullif(r.rngsubdiff::oid, 0)::regproc::text AS "subtype difference function",
    CASE WHEN t.typtype = 'b' THEN concat_ws(', ', 'input ' || t.typinput::text, 'output ' || t.typoutput::text,
        'receive ' || nullif(t.typreceive::oid, 0)::regproc::text,
        'send ' || nullif(t.typsend::oid, 0)::regproc::text,
        'typmod input ' || nullif(t.typmodin::oid, 0)::regproc::text,
        'typmod output ' || nullif(t.typmodout::oid, 0)::regproc::text,
        'analyze ' || nullif(t.typanalyze::oid, 0)::regproc::text,
        'subscript ' || nullif(t.typsubscript::oid, 0)::regproc::text) END AS "functions",
    CASE WHEN t.typtype = 'b' THEN concat_ws(', ', 'length ' || t.typlen, CASE WHEN t.typbyval THEN 'by value' END,
        'align ' || t.typalign::text, 'storage ' || t.typstorage::text, 'category ' || t.typcategory::text,
        CASE WHEN t.typispreferred THEN 'preferred' END, 'delimiter ' || t.typdelim::text,
        'element ' || format_type(nullif(t.typelem, 0), NULL),
        CASE WHEN t.typcollation <> 0 THEN 'collatable' END) END AS "layout",
    d.description AS "comment"
FROM pg_type AS t
JOIN pg_namespace AS n ON n.oid = t.typnamespace
LEFT JOIN pg_type AS base ON base.oid = t.typbasetype
LEFT JOIN pg_range AS r ON r.rngtypid = t.oid
LEFT JOIN pg_type AS sub ON sub.oid = r.rngsubtype
LEFT JOIN pg_description AS d ON d.classoid = 'pg_type'::regclass AND d.objoid = t.oid AND d.objsubid = 0
WHERE t.oid >= 16384 AND n.nspname !~ '^pg_' AND t.typrelid = 0 AND t.typtype <> 'm'
    AND NOT (t.typelem <> 0 AND t.typsubscript = 'array_subscript_handler'::regproc)
    AND NOT EXISTS (SELECT FROM pg_depend AS e
        WHERE e.classid = 'pg_type'::regclass AND e.objid = t.oid AND e.deptype = 'e')
