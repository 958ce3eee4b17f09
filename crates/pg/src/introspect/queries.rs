//! The registry of catalog queries: one entry a kind of object, one file of SQL an entry.
//! A column that begins with `_` says which object a row is (see `assemble`); every other column is a property
//! of that name, NULL where it is at its default.
//! Out: turning rows into objects (`assemble`). Called by the reader.

use crate::client::OrFault as _;
use crate::server::version;
use futures_util::future::{try_join, try_join_all};
use groundline_catalog::ObjectKind;
use groundline_core::{Fault, Result, ServerVersion};
use tokio_postgres::{Client, Statement};

/// What a query reads at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Scope {
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
    pub scope: Scope,
    text: &'static str,
}

macro_rules! queries {
    ($($kind:ident $scope:ident $file:literal,)*) => {
        static ALL: &[Query] = &[$(Query {
            kind: ObjectKind::$kind,
            scope: Scope::$scope,
            text: include_str!(concat!("sql/", $file, ".sql")),
        },)*];
    };
}

queries! {
    Table Relations "relation",
    Column Relations "column",
    Constraint Relations "constraint",
    Index Relations "index",
    Trigger Relations "trigger",
    Rule Relations "rule",
    Policy Relations "policy",
    Statistics Relations "statistics",
    Grant Relations "relation_grant",
    Function Routines "routine",
    Grant Routines "routine_grant",
    Schema Complete "schema",
    Extension Complete "extension",
    Type Complete "type",
    Constraint Complete "domain_constraint",
    Grant Complete "grant",
    DefaultPrivilege Complete "default_privilege",
    Publication Complete "publication",
    EventTrigger Complete "event_trigger",
}

/// All queries; relations come before what belongs to them, and constraints before indexes.
pub(super) fn all() -> &'static [Query] {
    ALL
}

impl Query {
    /// Its text for a server and a scope. With `Scope::Complete` it takes no parameter, else an array of OIDs.
    pub fn sql(&self, server: ServerVersion, scope: Scope) -> String {
        let of_version = for_version(self.text, server);
        let mut sql = String::with_capacity(of_version.len());
        let mut rest = of_version.as_str();
        while let Some((before, after)) = rest.split_once('{') {
            let (call, behind) = after.split_once('}').unwrap_or((after, ""));
            sql.push_str(before);
            sql.push_str(&expand(call, scope));
            rest = behind;
        }
        sql.push_str(rest);
        sql
    }
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

/// `{unit COLUMN}`: the condition on the units that are read. `{grants ACL USUAL OWNER}`: a query for the
/// grantees whose privileges differ from the usual ones.
fn expand(call: &str, scope: Scope) -> String {
    match call.split_whitespace().collect::<Vec<_>>()[..] {
        ["unit", column] if scope != Scope::Complete => format!("{column} = ANY ($1)"),
        ["unit", _] => "true".to_owned(),
        ["grants", acl, usual, owner] => GRANTS.replace("$acl", acl).replace("$usual", usual).replace("$owner", owner),
        _ => format!("{{{call}}}"),
    }
}

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

const VERSIONS: &str = include_str!("sql/versions.sql");
const DEPENDENTS: &str = include_str!("sql/dependents.sql");

/// All statements, prepared on one connection.
pub(super) struct Prepared {
    pub server: ServerVersion,
    pub versions: Statement,
    complete: Vec<Statement>,
    /// Made when they are needed for the first time.
    units: Option<Units>,
}

/// What a reading of some units needs.
pub(super) struct Units {
    pub dependents: Statement,
    statements: Vec<(&'static Query, Statement)>,
}

impl Prepared {
    /// Prepares what a complete reading needs.
    pub async fn new(client: &Client) -> Result<Self> {
        let server = version(client).await?;
        let versions = for_version(VERSIONS, server);
        let complete = ALL.iter().map(async |query| client.prepare(&query.sql(server, Scope::Complete)).await);
        let both = try_join(client.prepare(&versions), try_join_all(complete)).await;
        let (versions, complete) = both.fault()?;
        Ok(Self { server, versions, complete, units: None })
    }

    /// The queries of a complete reading.
    pub fn complete(&self) -> impl Iterator<Item = (&'static Query, &Statement)> {
        ALL.iter().zip(&self.complete)
    }

    /// The queries of a reading of some units; prepared now if this is the first.
    pub async fn units(&mut self, client: &Client) -> Result<&Units> {
        if self.units.is_none() {
            let in_part = ALL.iter().filter(|query| query.scope != Scope::Complete);
            let statements = in_part.map(async |query| {
                client.prepare(&query.sql(self.server, query.scope)).await.map(|statement| (query, statement))
            });
            let both = try_join(client.prepare(DEPENDENTS), try_join_all(statements)).await;
            let (dependents, statements) = both.fault()?;
            self.units = Some(Units { dependents, statements });
        }
        self.units.as_ref().ok_or_else(|| Fault::new("the statements are prepared and not there"))
    }
}

impl Units {
    /// The queries.
    pub fn all(&self) -> impl Iterator<Item = (&'static Query, &Statement)> {
        self.statements.iter().map(|(query, statement)| (*query, statement))
    }
}
