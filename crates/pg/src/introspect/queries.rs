//! The registry of catalog queries: one entry a kind of object, one file of SQL an entry.
//! A column that begins with `_` says which object a row is (see `printed`); every other column is a property
//! of that name, NULL where it is at its default.
//! Out: turning rows into objects (`printed`). Called by the reader.

use groundline_catalog::{ObjectKind, Profile};
use groundline_core::ServerVersion;

/// What a query reads at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Reach {
    /// All of the kind.
    Complete,
    /// What belongs to some relations.
    Relations,
    /// Some routines.
    Routines,
}

/// One query.
pub(super) struct Query {
    /// The kind of its objects, where no column `_kind` says another.
    pub kind: ObjectKind,
    /// By which units it can be read in part.
    pub reach: Reach,
    text: &'static str,
    /// What has a row, at least, wherever the query has one: asked before the query is.
    rows: &'static str,
}

macro_rules! queries {
    ($($kind:ident $reach:ident $file:literal if $rows:literal,)*) => {
        static ALL: &[Query] = &[$(Query {
            kind: ObjectKind::$kind,
            reach: Reach::$reach,
            text: include_str!(concat!("sql/", $file, ".sql")),
            rows: $rows,
        },)*];
    };
}

queries! {
    Trigger Relations "trigger" if "pg_trigger WHERE NOT tgisinternal OR tgparentid <> 0",
    Rule Relations "rule" if "pg_rewrite WHERE oid >= 16384 AND rulename <> '_RETURN'",
    Policy Relations "policy" if "pg_policy",
    Statistics Relations "statistics" if "pg_statistic_ext",
    Function Routines "routine" if "pg_proc WHERE oid >= 16384",
    Grant Routines "routine_grant" if "pg_proc WHERE oid >= 16384 AND proacl IS NOT NULL",
    Schema Complete "schema" if "pg_namespace",
    Extension Complete "extension" if "pg_extension",
    Type Complete "type" if "pg_type WHERE oid >= 16384 AND typrelid = 0 AND NOT (typelem <> 0 AND typsubscript = 'array_subscript_handler'::regproc)",
    Constraint Complete "domain_constraint" if "pg_constraint WHERE contypid <> 0",
    Grant Complete "grant" if "pg_namespace",
    DefaultPrivilege Complete "default_privilege" if "pg_default_acl",
    Publication Complete "publication" if "pg_publication",
    EventTrigger Complete "event_trigger" if "pg_event_trigger",
    Language Complete "language" if "pg_language WHERE oid >= 16384",
    AccessMethod Complete "access_method" if "pg_am WHERE oid >= 16384",
    Collation Complete "collation" if "pg_collation WHERE oid >= 16384",
    Conversion Complete "conversion" if "pg_conversion WHERE oid >= 16384",
    TextSearchParser Complete "text_search_parser" if "pg_ts_parser WHERE oid >= 16384",
    TextSearchTemplate Complete "text_search_template" if "pg_ts_template WHERE oid >= 16384",
    TextSearchDictionary Complete "text_search_dictionary" if "pg_ts_dict WHERE oid >= 16384",
    TextSearchConfiguration Complete "text_search_configuration" if "pg_ts_config WHERE oid >= 16384",
    ForeignDataWrapper Complete "foreign_data_wrapper" if "pg_foreign_data_wrapper",
    ForeignServer Complete "foreign_server" if "pg_foreign_server",
    UserMapping Complete "user_mapping" if "pg_foreign_server",
    Operator Complete "operator" if "pg_operator WHERE oid >= 16384",
    OperatorFamily Complete "operator_family" if "pg_opfamily WHERE oid >= 16384",
    OperatorClass Complete "operator_class" if "pg_opclass WHERE oid >= 16384",
    Cast Complete "cast" if "pg_cast WHERE oid >= 16384",
    Transform Complete "transform" if "pg_transform",
    Subscription Complete "subscription" if "pg_subscription",
    SecurityLabel Complete "security_label" if "pg_seclabel",
    Setting Complete "setting" if "pg_db_role_setting",
}

/// Privileges on relations and columns; read of those that have any.
pub(super) static RELATION_GRANTS: Query = Query {
    kind: ObjectKind::Grant,
    reach: Reach::Relations,
    text: include_str!("sql/relation_grant.sql"),
    rows: "pg_class",
};

/// All queries but those of raw rows.
pub(super) fn all() -> &'static [Query] {
    ALL
}

/// One row that says of each query whether it can have rows.
pub(super) fn presence(profile: Profile) -> String {
    let asked = ALL.iter().map(|query| match profile.includes(query.kind) {
        true => format!("EXISTS (SELECT FROM {})", query.rows),
        false => "false".to_owned(),
    });
    format!("SELECT {}", asked.collect::<Vec<_>>().join(", "))
}

impl Query {
    /// Its text for a server and a reach. With `Reach::Complete` it takes no parameter, else an array of OIDs.
    pub fn sql(&self, server: ServerVersion, reach: Reach) -> String {
        sql_for(self.text, server, reach)
    }
}

/// The text of a query for a server and a reach.
pub(super) fn sql_for(text: &str, server: ServerVersion, reach: Reach) -> String {
    let of_version = for_version(text, server);
    let mut sql = String::with_capacity(of_version.len());
    let mut rest = of_version.as_str();
    while let Some((before, after)) = rest.split_once('{') {
        let (call, behind) = after.split_once('}').unwrap_or((after, ""));
        sql.push_str(before);
        sql.push_str(&expand(call, reach));
        rest = behind;
    }
    sql.push_str(rest);
    sql
}

/// Lines that end with `--@15+` are for majors from 15 on.
fn for_version(text: &str, server: ServerVersion) -> String {
    let applies = |line: &&str| match line.rsplit_once("--@") {
        None => true,
        Some((_, since)) => {
            let since = since.trim_end().trim_end_matches('+').parse();
            since.is_ok_and(|since: u16| server.major().number() >= since)
        }
    };
    text.lines().filter(applies).map(|line| format!("{line}\n")).collect()
}

/// `{unit COLUMN}`: the condition on the units that are read; `{relations COLUMN}`: with their indexes and toast tables;
/// `{constrained COLUMN}`: their constraints; `{described COLUMN}`: all of these. `{grants ACL USUAL OWNER}`: a query
/// for the grantees whose privileges differ from the usual ones.
fn expand(call: &str, reach: Reach) -> String {
    match call.split_whitespace().collect::<Vec<_>>()[..] {
        ["unit" | "relations" | "constrained" | "described", _] if reach == Reach::Complete => {
            "true".to_owned()
        }
        ["unit", column] => format!("{column} = ANY ($1)"),
        ["relations", column] => format!("{column} IN ({RELATIONS})"),
        ["constrained", column] => format!("{column} IN ({CONSTRAINTS})"),
        ["described", column] => format!("{column} IN ({RELATIONS} UNION ALL {CONSTRAINTS})"),
        ["grants", acl, usual, owner] => {
            GRANTS.replace("$acl", acl).replace("$usual", usual).replace("$owner", owner)
        }
        _ => format!("{{{call}}}"),
    }
}

const RELATIONS: &str = "SELECT unnest($1) UNION ALL SELECT indexrelid FROM pg_index WHERE indrelid = ANY ($1) \
    UNION ALL SELECT reltoastrelid FROM pg_class WHERE oid = ANY ($1)";

const CONSTRAINTS: &str = "SELECT oid FROM pg_constraint WHERE conrelid = ANY ($1)";

const GRANTS: &str = "\
    SELECT s.grantee, coalesce(s.now, 'none') AS privileges
    FROM (
        SELECT CASE x.grantee WHEN 0 THEN 'PUBLIC' WHEN $owner THEN '(owner)'
                ELSE quote_ident(pg_get_userbyid(x.grantee)::text) END AS grantee,
            string_agg(DISTINCT x.privilege, ', ' ORDER BY x.privilege) FILTER (WHERE x.now) AS now,
            string_agg(DISTINCT x.privilege, ', ' ORDER BY x.privilege) FILTER (WHERE NOT x.now) AS usual
        FROM (
            SELECT is_now AS now, e.grantee,
                e.privilege_type || CASE WHEN e.is_grantable THEN ' with grant option' ELSE '' END AS privilege
            FROM (VALUES (true, $acl), (false, $usual)) AS list (is_now, acl), LATERAL aclexplode(list.acl) AS e
        ) AS x
        GROUP BY x.grantee
    ) AS s
    WHERE s.now IS DISTINCT FROM s.usual";
