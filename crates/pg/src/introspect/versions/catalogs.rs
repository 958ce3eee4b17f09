//! The registry of catalogs whose rows are watched: one entry a catalog, and the queries over all of them.
//! Out: what follows from a changed row (`mod`). Called by the versions.

use super::super::queries::OWN_TYPES;
use groundline_catalog::Profile;
use groundline_core::ServerVersion;
use std::fmt::Write as _;

/// A catalog whose rows belong to relations or routines.
pub(super) struct Watched {
    /// The catalog and which of its rows.
    rows: &'static str,
    /// The column that says which relation, index or routine a row belongs to.
    key: &'static str,
    /// Whether that is a routine.
    pub of_routine: bool,
}

macro_rules! watched {
    ($($of:ident $key:literal in $rows:literal,)*) => {
        /// Catalogs by relation (or index) and by routine.
        pub(super) static KEYED: &[Watched] =
            &[$(Watched { rows: $rows, key: $key, of_routine: watched!(@ $of) },)*];
    };
    (@ routine) => { true };
    (@ relation) => { false };
}

watched! {
    relation "oid" in "pg_class WHERE oid >= 16384 AND relnamespace <> 'pg_toast'::regnamespace AND relpersistence <> 't'",
    relation "attrelid" in "pg_attribute WHERE attrelid >= 16384 AND attnum > 0",
    relation "adrelid" in "pg_attrdef WHERE adrelid >= 16384",
    relation "conrelid" in "pg_constraint WHERE conrelid <> 0",
    relation "indrelid" in "pg_index WHERE indrelid >= 16384",
    relation "tgrelid" in "pg_trigger WHERE tgrelid >= 16384",
    relation "ev_class" in "pg_rewrite WHERE ev_class >= 16384",
    relation "polrelid" in "pg_policy WHERE true",
    relation "inhrelid" in "pg_inherits WHERE true",
    relation "partrelid" in "pg_partitioned_table WHERE true",
    relation "ftrelid" in "pg_foreign_table WHERE true",
    relation "seqrelid" in "pg_sequence WHERE true",
    relation "stxrelid" in "pg_statistic_ext WHERE true",
    relation "objoid" in "pg_description WHERE classoid = 'pg_class'::regclass AND objoid >= 16384",
    relation "objid" in "pg_depend WHERE classid = 'pg_class'::regclass AND objid = ANY (ARRAY(SELECT seqrelid FROM pg_sequence)) AND refclassid = 'pg_class'::regclass AND deptype IN ('a', 'i') AND refobjsubid <> 0",
    routine "oid" in "pg_proc WHERE oid >= 16384",
    routine "aggfnoid" in "pg_aggregate WHERE aggfnoid::oid >= 16384",
    routine "objoid" in "pg_description WHERE classoid = 'pg_proc'::regclass AND objoid >= 16384",
}

/// A row's version is its place and the transaction that wrote it.
const VERSION: &str = "hashtidextended(ctid, xmin::text::bigint)";

/// What makes everything be read again: a catalog, what stands for its rows' versions, and since which major it is there.
static REST: &[(&str, &str, u16)] = &[
    ("pg_namespace WHERE nspname !~ '^pg_temp|^pg_toast_temp'", VERSION, 14),
    (OWN_TYPES, VERSION, 14),
    ("pg_type WHERE oid >= 16384 AND typrelid <> 0 AND typacl IS NOT NULL", VERSION, 14),
    ("pg_enum", VERSION, 14),
    ("pg_extension", VERSION, 14),
    ("pg_constraint WHERE contypid > 0", VERSION, 14),
    (
        "pg_description WHERE classoid NOT IN ('pg_class'::regclass, 'pg_proc'::regclass) AND objoid >= 16384",
        VERSION,
        14,
    ),
    (
        "pg_description WHERE classoid = 'pg_namespace'::regclass \
         AND objoid = ANY (ARRAY(SELECT n.oid FROM pg_namespace AS n WHERE n.oid < 16384))",
        VERSION,
        14,
    ),
    ("pg_depend WHERE refclassid = 'pg_extension'::regclass AND deptype IN ('e', 'x')", VERSION, 14),
    ("pg_default_acl", VERSION, 14),
    ("pg_publication", VERSION, 14),
    ("pg_publication_rel", VERSION, 14),
    ("pg_publication_namespace", VERSION, 15),
    ("pg_event_trigger", VERSION, 14),
    ("pg_collation WHERE oid >= 16384", VERSION, 14),
    ("pg_operator WHERE oid >= 16384", VERSION, 14),
    ("pg_opclass WHERE oid >= 16384", VERSION, 14),
    ("pg_opfamily WHERE oid >= 16384", VERSION, 14),
    ("pg_amop WHERE oid >= 16384", VERSION, 14),
    ("pg_amproc WHERE oid >= 16384", VERSION, 14),
    ("pg_cast WHERE oid >= 16384", VERSION, 14),
    ("pg_language", VERSION, 14),
    ("pg_am", VERSION, 14),
    ("pg_conversion WHERE oid >= 16384", VERSION, 14),
    ("pg_ts_config WHERE oid >= 16384", VERSION, 14),
    ("pg_ts_config_map WHERE mapcfg >= 16384", VERSION, 14),
    ("pg_ts_dict WHERE oid >= 16384", VERSION, 14),
    ("pg_ts_parser WHERE oid >= 16384", VERSION, 14),
    ("pg_ts_template WHERE oid >= 16384", VERSION, 14),
    ("pg_foreign_data_wrapper", VERSION, 14),
    ("pg_foreign_server", VERSION, 14),
    ("pg_transform", VERSION, 14),
    ("pg_seclabel", VERSION, 14),
    (
        "pg_db_role_setting \
         WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())",
        VERSION,
        14,
    ),
    (
        "pg_shdescription WHERE classoid = 'pg_database'::regclass \
         AND objoid = (SELECT oid FROM pg_database WHERE datname = current_database())",
        VERSION,
        14,
    ),
    // By what it says: VACUUM writes the row, too.
    (
        "pg_database AS b WHERE datname = current_database()",
        "hashtextextended((to_jsonb(b) - ARRAY['datfrozenxid', 'datminmxid'])::text, 0)",
        14,
    ),
    ("pg_range WHERE rngtypid >= 16384", VERSION, 14),
    // Their tables are not everybody's to read: views and columns that are stand for the rows.
    ("pg_roles", "hashtextextended(rolname, oid::bigint)", 14),
    (
        "pg_user_mappings",
        "hashtextextended(umuser::text || srvid::text || coalesce(umoptions::text, ''), umid::bigint)",
        14,
    ),
    (
        "pg_subscription",
        "hashtextextended(concat_ws(' ', subdbid, subname, subowner, subenabled, subbinary, substream, subslotname, \
         subsynccommit, subpublications), oid::bigint)",
        14,
    ),
    (
        "pg_subscription",
        "hashtextextended(concat_ws(' ', subtwophasestate, subdisableonerr), oid::bigint)",
        15,
    ),
    (
        "pg_subscription",
        "hashtextextended(concat_ws(' ', suborigin, subpasswordrequired, subrunasowner), oid::bigint)",
        16,
    ),
    ("pg_subscription", "hashtextextended(subfailover::text, oid::bigint)", 17),
];

/// The same of the server's own objects, whose privileges count in the profile that has everything.
static OF_SERVER: &[(&str, &str, u16)] = &[
    ("pg_init_privs", VERSION, 14),
    ("pg_class WHERE oid < 16384 AND relacl IS NOT NULL", VERSION, 14),
    ("pg_attribute WHERE attrelid < 16384 AND attacl IS NOT NULL", VERSION, 14),
    ("pg_proc WHERE oid < 16384 AND proacl IS NOT NULL", VERSION, 14),
    ("pg_type WHERE oid < 16384 AND typacl IS NOT NULL", VERSION, 14),
];

/// One row a keyed catalog: its number, a digest of the versions of all its rows, and the keys of the rows that were
/// written by the transaction $1 or later ones.
pub(super) fn totals() -> String {
    let select = |(number, Watched { rows, key, .. }): (usize, &Watched)| {
        format!(
            "SELECT {number}, bit_xor({VERSION}), \
             array_agg({key}::oid) FILTER (WHERE age(xmin) <= age($1::xid)) FROM {rows}"
        )
    };
    KEYED.iter().enumerate().map(select).collect::<Vec<_>>().join(" UNION ALL ")
}

/// One number for all other catalogs.
pub(super) fn rest(server: ServerVersion, profile: Profile) -> String {
    let mut sql = String::from("SELECT bit_xor(v) FROM (");
    let of_server = if profile == Profile::Full { OF_SERVER } else { &[] };
    let there = REST.iter().chain(of_server).filter(|(_, _, since)| server.major().number() >= *since);
    for (number, (rows, version, _)) in there.enumerate() {
        let and = if number == 0 { "" } else { " UNION ALL " };
        // The number keeps equal versions in two catalogs from cancelling each other out.
        let _ = write!(sql, "{and}SELECT hashint8extended({version}, {number}) AS v FROM {rows}");
    }
    sql + ") AS versions"
}

/// The transaction before which all others were over when the reading began.
pub(super) const HORIZON: &str = "SELECT pg_snapshot_xmin(pg_current_snapshot())::xid::text";

impl Watched {
    /// Key and version of every row.
    pub fn all(&self) -> String {
        format!("SELECT {}::oid, {VERSION} FROM {}", self.key, self.rows)
    }

    /// Key and version of the rows of some keys.
    pub fn some(&self) -> String {
        format!("{} AND {} = ANY ($1)", self.all(), self.key)
    }
}
