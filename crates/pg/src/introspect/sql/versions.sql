-- One row for each relation and routine with a digest of the versions of all its catalog rows, and one for
-- everything else. A row's version is its place and the transaction that wrote it; an equal digest means that
-- nothing was written since. In a relation's rows are those of its indexes.
WITH relation AS (
    SELECT c.oid, coalesce(i.indrelid, c.oid) AS unit, hashtidextended(c.ctid, c.xmin::text::bigint) AS version
    FROM pg_class AS c LEFT JOIN pg_index AS i ON i.indexrelid = c.oid
    WHERE c.oid >= 16384 AND c.relnamespace <> 'pg_toast'::regnamespace AND c.relpersistence <> 't'
), part AS (
    SELECT oid, version FROM relation
    UNION ALL SELECT attrelid, bit_xor(hashtidextended(ctid, xmin::text::bigint + (1::bigint << 34)))
        FROM pg_attribute WHERE attrelid >= 16384 AND attnum > 0 GROUP BY attrelid
    UNION ALL SELECT adrelid, hashtidextended(ctid, xmin::text::bigint + (2::bigint << 34)) FROM pg_attrdef
    UNION ALL SELECT conrelid, hashtidextended(ctid, xmin::text::bigint + (3::bigint << 34)) FROM pg_constraint WHERE conrelid <> 0
    UNION ALL SELECT indexrelid, hashtidextended(ctid, xmin::text::bigint + (4::bigint << 34)) FROM pg_index WHERE indexrelid >= 16384
    UNION ALL SELECT tgrelid, hashtidextended(ctid, xmin::text::bigint + (5::bigint << 34)) FROM pg_trigger
    UNION ALL SELECT ev_class, hashtidextended(ctid, xmin::text::bigint + (6::bigint << 34)) FROM pg_rewrite WHERE oid >= 16384
    UNION ALL SELECT polrelid, hashtidextended(ctid, xmin::text::bigint + (7::bigint << 34)) FROM pg_policy
    UNION ALL SELECT inhrelid, hashtidextended(ctid, xmin::text::bigint + (8::bigint << 34)) FROM pg_inherits
    UNION ALL SELECT partrelid, hashtidextended(ctid, xmin::text::bigint + (9::bigint << 34)) FROM pg_partitioned_table
    UNION ALL SELECT ftrelid, hashtidextended(ctid, xmin::text::bigint + (10::bigint << 34)) FROM pg_foreign_table
    UNION ALL SELECT seqrelid, hashtidextended(ctid, xmin::text::bigint + (11::bigint << 34)) FROM pg_sequence
    UNION ALL SELECT stxrelid, hashtidextended(ctid, xmin::text::bigint + (12::bigint << 34)) FROM pg_statistic_ext
    UNION ALL SELECT objoid, hashtidextended(ctid, xmin::text::bigint + (13::bigint << 34)) FROM pg_description
        WHERE classoid = 'pg_class'::regclass AND objoid >= 16384
    UNION ALL SELECT d.objid, hashtidextended(d.ctid, d.xmin::text::bigint + (14::bigint << 34))
        FROM pg_depend AS d JOIN pg_sequence AS s ON s.seqrelid = d.objid
        WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
)
SELECT 'relation' AS class, r.unit AS oid, bit_xor(p.version) AS version
FROM part AS p JOIN relation AS r ON r.oid = p.oid GROUP BY r.unit
UNION ALL
SELECT 'routine', p.oid, bit_xor(p.version) FROM (
    SELECT oid, hashtidextended(ctid, xmin::text::bigint) AS version FROM pg_proc WHERE oid >= 16384
    UNION ALL SELECT aggfnoid::oid, hashtidextended(ctid, xmin::text::bigint + (1::bigint << 34))
        FROM pg_aggregate WHERE aggfnoid::oid >= 16384
    UNION ALL SELECT objoid, hashtidextended(ctid, xmin::text::bigint + (2::bigint << 34))
        FROM pg_description WHERE classoid = 'pg_proc'::regclass AND objoid >= 16384
) AS p GROUP BY p.oid
UNION ALL
SELECT 'rest', 0, bit_xor(r.version) FROM (
    SELECT hashtidextended(ctid, xmin::text::bigint) AS version FROM pg_namespace WHERE nspname !~ '^pg_temp|^pg_toast_temp'
    UNION ALL SELECT hashtidextended(ctid, xmin::text::bigint + (1::bigint << 34)) FROM pg_type WHERE oid >= 16384 AND typrelid = 0
        AND NOT (typelem <> 0 AND typsubscript = 'array_subscript_handler'::regproc)
    UNION ALL SELECT hashtidextended(ctid, xmin::text::bigint + (2::bigint << 34)) FROM pg_enum
    UNION ALL SELECT hashtidextended(ctid, xmin::text::bigint + (3::bigint << 34)) FROM pg_extension
    UNION ALL SELECT hashtidextended(ctid, xmin::text::bigint + (4::bigint << 34)) FROM pg_constraint WHERE contypid <> 0
    UNION ALL SELECT hashtidextended(ctid, xmin::text::bigint + (5::bigint << 34)) FROM pg_description
        WHERE classoid NOT IN ('pg_class'::regclass, 'pg_proc'::regclass) AND (objoid >= 16384 OR classoid = 'pg_namespace'::regclass)
    UNION ALL SELECT hashtidextended(ctid, xmin::text::bigint + (6::bigint << 34)) FROM pg_depend WHERE deptype IN ('e', 'x')
    UNION ALL SELECT hashtidextended(ctid, xmin::text::bigint + (7::bigint << 34)) FROM pg_default_acl
    UNION ALL SELECT hashtidextended(ctid, xmin::text::bigint + (8::bigint << 34)) FROM pg_publication
    UNION ALL SELECT hashtidextended(ctid, xmin::text::bigint + (9::bigint << 34)) FROM pg_publication_rel
    UNION ALL SELECT hashtidextended(ctid, xmin::text::bigint + (10::bigint << 34)) FROM pg_publication_namespace --@15+
    UNION ALL SELECT hashtidextended(ctid, xmin::text::bigint + (11::bigint << 34)) FROM pg_event_trigger
    UNION ALL SELECT hashtidextended(ctid, xmin::text::bigint + (12::bigint << 34)) FROM pg_collation WHERE oid >= 16384
    UNION ALL SELECT hashtidextended(ctid, xmin::text::bigint + (13::bigint << 34)) FROM pg_operator WHERE oid >= 16384
    UNION ALL SELECT hashtidextended(ctid, xmin::text::bigint + (14::bigint << 34)) FROM pg_opclass WHERE oid >= 16384
    UNION ALL SELECT hashtidextended(ctid, xmin::text::bigint + (15::bigint << 34)) FROM pg_opfamily WHERE oid >= 16384
    UNION ALL SELECT hashtidextended(ctid, xmin::text::bigint + (16::bigint << 34)) FROM pg_amop WHERE oid >= 16384
    UNION ALL SELECT hashtidextended(ctid, xmin::text::bigint + (17::bigint << 34)) FROM pg_amproc WHERE oid >= 16384
    UNION ALL SELECT hashtidextended(ctid, xmin::text::bigint + (18::bigint << 34)) FROM pg_cast WHERE oid >= 16384
    UNION ALL SELECT hashtidextended(ctid, xmin::text::bigint + (19::bigint << 34)) FROM pg_language
    UNION ALL SELECT hashtidextended(ctid, xmin::text::bigint + (20::bigint << 34)) FROM pg_am
    UNION ALL SELECT hashtidextended(ctid, xmin::text::bigint + (21::bigint << 34)) FROM pg_conversion WHERE oid >= 16384
    UNION ALL SELECT hashtidextended(ctid, xmin::text::bigint + (22::bigint << 34)) FROM pg_ts_config WHERE oid >= 16384
    UNION ALL SELECT hashtidextended(ctid, xmin::text::bigint + (23::bigint << 34)) FROM pg_ts_config_map WHERE mapcfg >= 16384
    UNION ALL SELECT hashtidextended(ctid, xmin::text::bigint + (24::bigint << 34)) FROM pg_ts_dict WHERE oid >= 16384
    UNION ALL SELECT hashtidextended(ctid, xmin::text::bigint + (25::bigint << 34)) FROM pg_ts_parser WHERE oid >= 16384
    UNION ALL SELECT hashtidextended(ctid, xmin::text::bigint + (26::bigint << 34)) FROM pg_ts_template WHERE oid >= 16384
    UNION ALL SELECT hashtidextended(ctid, xmin::text::bigint + (27::bigint << 34)) FROM pg_foreign_data_wrapper
    UNION ALL SELECT hashtidextended(ctid, xmin::text::bigint + (28::bigint << 34)) FROM pg_foreign_server
    UNION ALL SELECT hashtidextended(ctid, xmin::text::bigint + (29::bigint << 34)) FROM pg_transform
    UNION ALL SELECT hashtidextended(ctid, xmin::text::bigint + (30::bigint << 34)) FROM pg_seclabel
    UNION ALL SELECT hashtidextended(ctid, xmin::text::bigint + (31::bigint << 34)) FROM pg_db_role_setting
    UNION ALL SELECT hashtidextended(ctid, xmin::text::bigint + (32::bigint << 34)) FROM pg_range WHERE rngtypid >= 16384
    UNION ALL SELECT hashtextextended(rolname, oid::bigint) FROM pg_roles
    UNION ALL SELECT hashtextextended(umuser::text || srvid::text || coalesce(umoptions::text, ''), umid::bigint)
        FROM pg_user_mappings
) AS r
