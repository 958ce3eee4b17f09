//! Which roles can change a database's schema, by which right, and who is connected as them.
//! Out: who changes it in code (`contracts::owners`). Called by `doctor`, and by the guard where it proposes roles.

use crate::client::{Client, OrFault as _};
use groundline_core::Result;
use serde::Serialize;

/// A role that can create, change or drop something of a schema.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Owner {
    /// Its name.
    pub role: String,
    /// Whether it may connect itself.
    pub can_login: bool,
    /// By which rights, in words.
    pub rights: Vec<String>,
    /// Programs that are connected as it now, with the number of sessions of each.
    pub sessions: Vec<(String, i64)>,
}

/// Roles with rights over the schema, those of PostgreSQL itself aside. Rights that come through membership are the
/// member's: who may become a role may do what it may. Source: PostgreSQL manual, 5.8 "Privileges", 22.3 "Role Membership".
const ROLES: &str = "
WITH schemas AS (
  SELECT oid, nspname, nspowner, nspacl FROM pg_catalog.pg_namespace
  WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
), owned AS (
  SELECT relowner AS owner, pg_catalog.count(*) AS tables FROM pg_catalog.pg_class
  WHERE relkind IN ('r', 'p', 'v', 'm', 'f') AND relnamespace IN (SELECT oid FROM schemas) GROUP BY relowner
)
SELECT r.rolname::text, r.rolcanlogin, pg_catalog.array_remove(ARRAY[
    CASE WHEN r.rolsuper THEN 'superuser' END,
    CASE WHEN d.datdba = r.oid THEN 'owns the database' END,
    CASE WHEN pg_catalog.has_database_privilege(r.oid, d.oid, 'CREATE') THEN 'may create schemas' END,
    (SELECT 'may create in ' || pg_catalog.string_agg(s.nspname, ', ' ORDER BY s.nspname) FROM schemas AS s
      WHERE pg_catalog.has_schema_privilege(r.oid, s.oid, 'CREATE')),
    (SELECT 'owns ' || pg_catalog.sum(o.tables) || ' tables and views' FROM owned AS o WHERE o.owner = r.oid),
    (SELECT 'may become ' || pg_catalog.string_agg(DISTINCT m.rolname::text, ', ') FROM pg_catalog.pg_roles AS m
      JOIN owned AS o ON o.owner = m.oid
      WHERE m.oid <> r.oid AND NOT r.rolsuper AND pg_catalog.pg_has_role(r.oid, m.oid, 'MEMBER'))
  ], NULL) AS rights
FROM pg_catalog.pg_roles AS r, pg_catalog.pg_database AS d
WHERE d.datname = pg_catalog.current_database() AND r.rolname !~ '^pg_'
ORDER BY r.rolname";

const SESSIONS: &str = "
SELECT usename::text, COALESCE(NULLIF(application_name, ''), 'a program without a name'), pg_catalog.count(*)
FROM pg_catalog.pg_stat_activity
WHERE datname = pg_catalog.current_database() AND backend_type = 'client backend' AND pid <> pg_catalog.pg_backend_pid()
GROUP BY 1, 2 ORDER BY 1, 2";

/// The roles that can change the schema of a session's database.
///
/// # Errors
/// The server's.
pub async fn owners(client: &Client) -> Result<Vec<Owner>> {
    let sessions = client.query(SESSIONS, &[]).await.fault()?;
    let roles = client.query(ROLES, &[]).await.fault()?;
    let owner = |row: &tokio_postgres::Row| {
        let role: String = row.get(0);
        let of_role =
            sessions.iter().filter(|session| session.get::<_, Option<String>>(0).as_ref() == Some(&role));
        let sessions = of_role.map(|session| (session.get(1), session.get(2))).collect();
        Owner { can_login: row.get(1), rights: row.get(2), sessions, role }
    };
    Ok(roles.iter().map(owner).filter(|owner| !owner.rights.is_empty()).collect())
}
