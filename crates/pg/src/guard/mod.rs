//! The guard in a database: event triggers that let schema changes through only in a session that holds a pass, or log them.
//! In: installing, opening, looking, removing. Out: what a team's configuration says of it (`cli`).
//! Called by the command `guard`, and by everything that writes to a live database, which opens a pass first.
//!
//! What it can't keep out: a superuser, who may disable any trigger; what no event trigger sees: roles, databases,
//! tablespaces and their settings, REASSIGN OWNED, and TRUNCATE.

mod roles;

pub use roles::proposal;

use crate::client::{self, OrFault as _};
use groundline_core::{Digest, Fault, Result, quote_literal};
use serde::Serialize;
use tokio_postgres::Client;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{ToSql, Type};

/// The variable with the secret that opens a pass.
pub const SECRET: &str = "GROUNDLINE_GUARD_SECRET";

const SQL: &str = include_str!("guard.sql");

/// The guard's version, which its row of settings has.
const VERSION: i32 = 1;

const IS_THERE: &str =
    "SELECT EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = 'groundline_guard')";

/// How a guard is to judge.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Whether changes without a pass are only logged.
    pub audit: bool,
    /// Roles that may open a pass.
    pub migrators: Vec<String>,
    /// Roles that are not judged.
    pub exempt: Vec<String>,
    /// A secret that opens a pass, of which the digest is kept.
    pub secret: Option<String>,
}

/// A guard as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Status {
    /// Its version.
    pub version: i32,
    /// `enforce` or `audit`.
    pub mode: String,
    /// Roles that may open a pass.
    pub migrators: Vec<String>,
    /// Roles that are not judged.
    pub exempt: Vec<String>,
    /// Whether a pass needs the secret.
    pub has_secret: bool,
    /// Its event triggers that are not there or do not always fire.
    pub broken: Vec<String>,
    /// Emergencies that last.
    pub emergencies: Vec<String>,
    /// Changes that were logged.
    pub logged: i64,
}

/// A change that the guard logged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Logged {
    /// When, RFC 3339 in UTC.
    pub at: String,
    /// The role that the session logged in as.
    pub role: String,
    /// The session's application.
    pub application: String,
    /// What was done, and to what.
    pub change: String,
    /// Why it could be; nothing in audit mode.
    pub emergency: Option<String>,
    /// The statement.
    pub statement: Option<String>,
}

/// Whether a guard is there.
///
/// # Errors
/// The server's.
pub async fn is_there(client: &Client) -> Result<bool> {
    Ok(client.query_typed_one(IS_THERE, &[]).await.fault()?.get(0))
}

/// Opens a pass for this session, where there is a guard; nothing without one. The secret is taken from the environment.
///
/// # Errors
/// The guard does not let this role, or not without the secret.
pub async fn enter(client: &Client, reason: &str) -> Result<()> {
    if !is_there(client).await? {
        return Ok(());
    }
    // As a parameter: sessions of the same role read each other's statements in pg_stat_activity.
    let secret = std::env::var(SECRET).ok();
    let parameters: [(&(dyn ToSql + Sync), Type); 2] = [(&secret, Type::TEXT), (&reason, Type::TEXT)];
    let opened = client.query_typed("SELECT groundline_guard.open($1, $2)", &parameters).await;
    opened.map(drop).map_err(|error| refused(&error))
}

/// The statement with which a session of another program opens a pass; nothing where there is no guard. It has the secret in
/// its text, so another statement is to follow at once.
///
/// # Errors
/// The server's.
pub async fn opening_of(client: &Client, reason: &str) -> Result<Option<String>> {
    Ok(is_there(client).await?.then(|| opening(reason)))
}

fn opening(reason: &str) -> String {
    let secret = std::env::var(SECRET).map_or_else(|_| "NULL".to_owned(), |secret| quote_literal(&secret));
    format!("SELECT groundline_guard.open({secret}, {})", quote_literal(reason))
}

fn refused(error: &tokio_postgres::Error) -> Fault {
    let fault = client::fault(error);
    match error.code() == Some(&SqlState::INSUFFICIENT_PRIVILEGE) {
        true => Fault { what: format!("the guard does not open: {}", fault.what), ..fault },
        false => fault,
    }
}

/// Installs a guard, or sets the one that is there.
///
/// # Errors
/// The role may not make event triggers; nothing is done then.
pub async fn install(client: &Client, wanted: &Wanted) -> Result<()> {
    let list = |names: &[String]| {
        let quoted: Vec<String> = names.iter().map(|name| quote_literal(name)).collect();
        format!("ARRAY[{}]::text[]", quoted.join(", "))
    };
    let secret = match &wanted.secret {
        Some(secret) => format!("decode('{}', 'hex')", Digest::of(secret)),
        None => "NULL".to_owned(),
    };
    let mode = if wanted.audit { "audit" } else { "enforce" };
    let setting = format!(
        "INSERT INTO groundline_guard.setting (version, mode, migrators, exempt, secret)
         VALUES ({VERSION}, '{mode}', {}, {}, {secret})
         ON CONFLICT (is_only) DO UPDATE SET mode = EXCLUDED.mode, migrators = EXCLUDED.migrators,
             exempt = EXCLUDED.exempt, secret = COALESCE(EXCLUDED.secret, setting.secret);",
        list(&wanted.migrators),
        list(&wanted.exempt)
    );
    let made = if is_there(client).await? { "" } else { SQL };
    let batch = format!("BEGIN; SET LOCAL lock_timeout = '5s'; {made} {setting} COMMIT;");
    let Err(error) = client.batch_execute(&batch).await else { return Ok(()) };
    // The batch left a failed transaction; the first error is the one to tell.
    let _ = client.batch_execute("ROLLBACK").await;
    let fault = client::fault(&error);
    Err(match error.code() == Some(&SqlState::INSUFFICIENT_PRIVILEGE) {
        true => Fault::new("the guard needs a superuser, as event triggers do").why(fault.what).next(
            "connect as one; where there is none, keep roles apart (groundline guard roles), and watch: groundline drift --watch",
        ),
        false => fault,
    })
}

/// Takes the guard out with all that it kept.
///
/// # Errors
/// The server's.
pub async fn remove(client: &Client) -> Result<()> {
    let triggers = ["start", "end", "drop", "rewrite"]
        .map(|name| format!("DROP EVENT TRIGGER IF EXISTS groundline_guard_{name};"));
    let batch = format!(
        "BEGIN; SET LOCAL lock_timeout = '5s'; {} DROP SCHEMA groundline_guard CASCADE; COMMIT;",
        triggers.concat()
    );
    let Err(error) = client.batch_execute(&batch).await else { return Ok(()) };
    let _ = client.batch_execute("ROLLBACK").await;
    Err(client::fault(&error))
}

/// How the guard is; nothing where there is none.
///
/// # Errors
/// The server's, and that the role may not look.
pub async fn status(client: &Client) -> Result<Option<Status>> {
    if !is_there(client).await? {
        return Ok(None);
    }
    let row = client
        .query_one(
            "SELECT version, mode, migrators, exempt, secret IS NOT NULL,
                    ARRAY(SELECT 'groundline_guard_' || name FROM unnest(ARRAY['start', 'end', 'drop', 'rewrite']) AS name
                          WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_event_trigger
                                            WHERE evtname = 'groundline_guard_' || name AND evtenabled = 'A')),
                    ARRAY(SELECT format('%s until %s: %s', role, to_char(until AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS UTC'), reason)
                          FROM groundline_guard.pass WHERE kind = 'emergency' AND closed_at IS NULL AND until > clock_timestamp() ORDER BY id),
                    (SELECT count(*) FROM groundline_guard.log)
             FROM groundline_guard.setting",
            &[],
        )
        .await
        .fault()?;
    Ok(Some(Status {
        version: row.get(0),
        mode: row.get(1),
        migrators: row.get(2),
        exempt: row.get(3),
        has_secret: row.get(4),
        broken: row.get(5),
        emergencies: row.get(6),
        logged: row.get(7),
    }))
}

/// What was logged, the oldest first.
///
/// # Errors
/// The server's, and that the role may not look.
pub async fn log(client: &Client) -> Result<Vec<Logged>> {
    let rows = client
        .query(
            "SELECT to_char(l.at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"'), l.session_role, l.application,
                    l.command || coalesce(' ' || l.object, ''), p.reason, l.statement
             FROM groundline_guard.log AS l LEFT JOIN groundline_guard.pass AS p ON p.id = l.pass ORDER BY l.id",
            &[],
        )
        .await
        .fault()?;
    let logged = |row: &tokio_postgres::Row| Logged {
        at: row.get(0),
        role: row.get(1),
        application: row.get(2),
        change: row.get(3),
        emergency: row.get(4),
        statement: row.get::<_, Option<String>>(5).map(|text| groundline_core::scrub(&text)),
    };
    Ok(rows.iter().map(logged).collect())
}

/// All emergencies that there were: their numbers, and who opened them for whom, when and why.
///
/// # Errors
/// The server's, and that the role may not look.
pub async fn emergencies(client: &Client) -> Result<Vec<(i64, String)>> {
    let rows = client
        .query(
            "SELECT id, format('%s by %s for %s: %s', to_char(opened_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'),
                    opened_by, role, reason)
             FROM groundline_guard.pass WHERE kind = 'emergency' ORDER BY id",
            &[],
        )
        .await
        .fault()?;
    Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
}

/// Opens an emergency for a role, which lasts so many seconds; returns its number.
///
/// # Errors
/// The guard does not let this role.
pub async fn emergency(client: &Client, reason: &str, role: Option<&str>, seconds: f64) -> Result<i64> {
    let secret = std::env::var(SECRET).ok();
    let row = client
        .query_one(
            "SELECT groundline_guard.emergency($1, $2, coalesce($3, session_user), make_interval(secs => $4))",
            &[&secret, &reason, &role, &seconds],
        )
        .await;
    row.map(|row| row.get(0)).map_err(|error| refused(&error))
}

/// Ends every emergency that still lasts; returns how many did.
///
/// # Errors
/// The guard does not let this role.
pub async fn end_emergencies(client: &Client) -> Result<i64> {
    let secret = std::env::var(SECRET).ok();
    let row = client.query_one("SELECT groundline_guard.end_emergencies($1)", &[&secret]).await;
    row.map(|row| row.get(0)).map_err(|error| refused(&error))
}
