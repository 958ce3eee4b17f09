//! The registry of catalog queries: one entry a kind of object, one file of SQL an entry.
//! A column that begins with `_` says which object a row is (see `printed`); every other column is a property
//! of that name, NULL where it is at its default.
//! Out: turning rows into objects (`printed`). Called by the reader.

use super::row::Row;
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
    presence: Presence,
}

/// Types with a row of their own: not those of relations, and no arrays.
pub(super) const OWN_TYPES: &str = "pg_type WHERE oid >= 16384 AND typrelid = 0 \
    AND NOT (typelem <> 0 AND typsubscript = 'array_subscript_handler'::regproc)";

/// How to tell cheaply that a query has no rows, before it is sent.
enum Presence {
    /// It always may.
    Always,
    /// The same, in the profile that has everything.
    InFull,
    /// This catalog is empty in a new database, and takes no space until something is in it.
    Size(&'static str),
    /// Objects of this catalog depend on their schema, or on what they are made of.
    Depends(&'static str),
    /// This has a row wherever the query has one.
    Rows(&'static str),
}

macro_rules! queries {
    (@ always $catalog:literal) => { Presence::Always };
    (@ full $catalog:literal) => { Presence::InFull };
    (@ size $catalog:literal) => { Presence::Size($catalog) };
    (@ depends $catalog:literal) => { Presence::Depends($catalog) };
    (@ rows $rows:expr) => { Presence::Rows($rows) };
    ($($kind:ident $reach:ident $file:literal if $how:ident $what:tt,)*) => {
        static ALL: &[Query] = &[$(Query {
            kind: ObjectKind::$kind,
            reach: Reach::$reach,
            text: include_str!(concat!("sql/", $file, ".sql")),
            presence: queries!(@ $how $what),
        },)*];
    };
}

queries! {
    Trigger Relations "trigger" if rows "pg_trigger WHERE NOT tgisinternal OR tgparentid <> 0",
    Rule Relations "rule" if depends "pg_rewrite",
    Policy Relations "policy" if depends "pg_policy",
    Statistics Relations "statistics" if depends "pg_statistic_ext",
    Function Routines "routine" if rows "pg_proc WHERE oid >= 16384",
    Grant Routines "routine_grant" if rows "pg_proc WHERE oid >= 16384",
    Schema Complete "schema" if always "pg_namespace",
    Extension Complete "extension" if always "pg_extension",
    Type Complete "type" if rows OWN_TYPES,
    Constraint Complete "domain_constraint" if rows OWN_TYPES,
    Grant Complete "schema_grant" if always "pg_namespace",
    Grant Complete "type_grant" if rows "pg_type WHERE oid >= 16384 AND typacl IS NOT NULL",
    Grant Complete "language_grant" if rows "pg_language WHERE lanacl IS NOT NULL",
    Grant Complete "foreign_grant" if size "pg_foreign_data_wrapper",
    Grant Complete "server_grant" if full "pg_init_privs",
    DefaultPrivilege Complete "default_privilege" if size "pg_default_acl",
    Publication Complete "publication" if size "pg_publication",
    EventTrigger Complete "event_trigger" if depends "pg_event_trigger",
    Language Complete "language" if depends "pg_language",
    AccessMethod Complete "access_method" if rows "pg_am WHERE oid >= 16384",
    Collation Complete "collation" if depends "pg_collation",
    Conversion Complete "conversion" if depends "pg_conversion",
    TextSearchParser Complete "text_search_parser" if depends "pg_ts_parser",
    TextSearchTemplate Complete "text_search_template" if depends "pg_ts_template",
    TextSearchDictionary Complete "text_search_dictionary" if depends "pg_ts_dict",
    TextSearchConfiguration Complete "text_search_configuration" if depends "pg_ts_config",
    ForeignDataWrapper Complete "foreign_data_wrapper" if size "pg_foreign_data_wrapper",
    ForeignServer Complete "foreign_server" if depends "pg_foreign_server",
    UserMapping Complete "user_mapping" if depends "pg_foreign_server",
    Operator Complete "operator" if depends "pg_operator",
    OperatorFamily Complete "operator_family" if depends "pg_opfamily",
    OperatorClass Complete "operator_class" if depends "pg_opclass",
    Cast Complete "cast" if rows "pg_cast WHERE oid >= 16384",
    Transform Complete "transform" if depends "pg_transform",
    Subscription Complete "subscription" if size "pg_subscription",
    SecurityLabel Complete "security_label" if size "pg_seclabel",
    Setting Complete "setting" if size "pg_db_role_setting",
    Setting Complete "database" if full "pg_database",
}

/// Privileges on relations and columns; read of those that have any.
pub(super) static RELATION_GRANTS: Query = Query {
    kind: ObjectKind::Grant,
    reach: Reach::Relations,
    text: include_str!("sql/relation_grant.sql"),
    presence: Presence::Always,
};

/// All queries but those of raw rows.
pub(super) fn all() -> &'static [Query] {
    ALL
}

/// One query whose row says which of the queries can have rows; [`Present`] reads it.
pub(super) fn presence(profile: Profile) -> String {
    let names = |of: fn(&Presence) -> Option<&str>| {
        let names = ALL.iter().filter_map(|query| of(&query.presence));
        names.collect::<Vec<_>>().join(",")
    };
    let sizes = names(|presence| if let Presence::Size(catalog) = presence { Some(*catalog) } else { None });
    let depends =
        names(|presence| if let Presence::Depends(catalog) = presence { Some(*catalog) } else { None });
    let rows = rows_conditions(profile).into_iter().map(|rows| format!("EXISTS (SELECT FROM {rows})"));
    // Not from pg_class: a plan that asks for the size of each catalog before its name opens all of them.
    let catalogs = |names: &str, condition: &str| {
        format!(
            "(SELECT string_agg(name, ',') FROM unnest('{{{names}}}'::text[]) AS name, \
             LATERAL (SELECT ('pg_catalog.' || name)::regclass::oid) AS c (oid) WHERE {condition})"
        )
    };
    format!(
        "SELECT {}, {}, ARRAY[{}]",
        catalogs(&sizes, "pg_relation_size(c.oid) > 0"),
        catalogs(&depends, "(SELECT max(d.objid) FROM pg_depend AS d WHERE d.classid = c.oid) >= 16384"),
        rows.collect::<Vec<_>>().join(", "),
    )
}

/// What is asked by rows, each once: queries that can tell it by the same thing share it.
fn rows_conditions(profile: Profile) -> Vec<&'static str> {
    let mut conditions = Vec::new();
    for query in ALL.iter().filter(|query| profile.includes(query.kind)) {
        if let Presence::Rows(rows) = query.presence
            && !conditions.contains(&rows)
        {
            conditions.push(rows);
        }
    }
    conditions
}

/// Which of the queries can have rows.
pub(super) struct Present {
    profile: Profile,
    /// Names of catalogs, with commas between.
    sizes: String,
    depends: String,
    rows: Vec<bool>,
}

impl Present {
    /// Of the row that `presence` gives.
    pub fn of(row: &Row, profile: Profile) -> Self {
        let names = |column| row.get::<Option<String>>(column).unwrap_or_default();
        Self { profile, sizes: names(0), depends: names(1), rows: row.get(2) }
    }

    /// The queries, without those that may always have rows.
    pub fn queries(&self) -> impl Iterator<Item = &'static Query> {
        let conditions = rows_conditions(self.profile);
        ALL.iter().filter(move |query| {
            let has = |names: &str, name: &str| names.split(',').any(|known| known == name);
            self.profile.includes(query.kind)
                && match query.presence {
                    Presence::Always | Presence::InFull => false,
                    Presence::Size(catalog) => has(&self.sizes, catalog),
                    Presence::Depends(catalog) => has(&self.depends, catalog),
                    Presence::Rows(rows) => {
                        conditions.iter().zip(&self.rows).any(|(known, there)| *known == rows && *there)
                    }
                }
        })
    }
}

/// The queries that may always have rows.
pub(super) fn always(profile: Profile) -> impl Iterator<Item = &'static Query> {
    ALL.iter().filter(move |query| {
        profile.includes(query.kind)
            && match query.presence {
                Presence::Always => true,
                Presence::InFull => profile == Profile::Full,
                _ => false,
            }
    })
}

impl Query {
    /// Its text for a server and a reach. With `Reach::Complete` it takes no parameter, else an array of OIDs.
    pub fn sql(&self, server: ServerVersion, reach: Reach) -> String {
        sql_for(self.text, server, reach)
    }

    /// Its properties, and since which major they are there.
    pub fn properties(&self) -> Vec<(String, u16)> {
        let property = |line: &str| {
            let (_, after) = line.rsplit_once(" AS \"")?;
            Some((after.split('"').next()?.to_owned(), since(line).unwrap_or(14)))
        };
        self.text.lines().filter(|line| !line.starts_with("--")).filter_map(property).collect()
    }

    /// The kinds that its column `_kind` can name, if it has one.
    pub fn kind_words(&self) -> Vec<ObjectKind> {
        let Some((before, _)) = self.text.split_once(" AS _kind") else { return Vec::new() };
        let case = before.rsplit_once("CASE").map_or("", |(_, case)| case);
        case.split('\'').filter_map(ObjectKind::from_word).collect()
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

/// The lines for a server's major, without comments.
fn for_version(text: &str, server: ServerVersion) -> String {
    let applies = |line: &&str| since(line).is_none_or(|since| server.major().number() >= since);
    let applying = text.lines().filter(|line| !line.starts_with("--")).filter(applies);
    applying.map(|line| format!("{line}\n")).collect()
}

/// Lines that end with `--@15+` are for majors from 15 on.
fn since(line: &str) -> Option<u16> {
    line.rsplit_once("--@")?.1.trim_end().trim_end_matches('+').parse().ok()
}

/// `{unit COLUMN}`: the condition on the units that are read; `{relations COLUMN}`: with their indexes and toast tables;
/// `{constrained COLUMN}`: their constraints; `{described COLUMN}`: all of these. They are arrays, so that an index
/// serves. `{grants ACL USUAL OWNER}`: a query for the grantees whose privileges differ from the usual ones;
/// `{grants_of_objects}`: the same as rows, of what the query has as `object (kind, identity, owner, acl, usual)`;
/// `{list COLUMN}`: the elements of an array as one text, in order.
fn expand(call: &str, reach: Reach) -> String {
    match call.split_whitespace().collect::<Vec<_>>()[..] {
        ["unit" | "relations" | "constrained" | "described", _] if reach == Reach::Complete => {
            "true".to_owned()
        }
        ["unit", column] => format!("{column} = ANY ($1)"),
        ["relations", column] => format!("{column} = ANY (ARRAY({RELATIONS}))"),
        ["constrained", column] => format!("{column} = ANY (ARRAY({CONSTRAINTS}))"),
        ["described", column] => format!("{column} = ANY (ARRAY({RELATIONS} UNION ALL {CONSTRAINTS}))"),
        ["list", column] => LIST.replace("$list", column),
        ["grants_of_objects"] => {
            GRANTS_OF_OBJECTS.replace("$grants", &grants_of("o.acl", "o.usual", "o.owner"))
        }
        ["grants", acl, usual, owner] => grants_of(acl, usual, owner),
        _ => format!("{{{call}}}"),
    }
}

fn grants_of(acl: &str, usual: &str, owner: &str) -> String {
    GRANTS.replace("$acl", acl).replace("$usual", usual).replace("$owner", owner)
}

/// A list of `name=value`, sorted: the order means nothing.
const LIST: &str = "CASE WHEN $list IS NOT NULL \
    THEN (SELECT string_agg(l.o, ', ' ORDER BY l.o COLLATE \"C\") FROM unnest($list) AS l (o)) END";

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
                e.privilege_type || CASE WHEN e.is_grantable THEN ' with grant option' ELSE '' END
                    || CASE WHEN e.grantor <> $owner THEN ' by ' || quote_ident(pg_get_userbyid(e.grantor)::text)
                        ELSE '' END AS privilege
            FROM (VALUES (true, $acl), (false, $usual)) AS list (is_now, acl), LATERAL aclexplode(list.acl) AS e
        ) AS x
        GROUP BY x.grantee
    ) AS s
    WHERE s.now IS DISTINCT FROM s.usual";

const GRANTS_OF_OBJECTS: &str = "\
    SELECT 0::oid AS _unit,
        o.kind AS _parent_kind,
        o.identity AS _parent,
        g.grantee AS _grantee,
        g.privileges AS \"privileges\"
    FROM object AS o, LATERAL (
$grants
    ) AS g
    WHERE o.acl IS NOT NULL";
