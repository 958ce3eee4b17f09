//! The lease: one run at a time for a project in a database, held by a session of its own.
//! In: taking it, naming who has it, noticing a transaction pooler. Out: what is done while it is held.
//! Called by the execution. A killed process loses its session, and with it the lease.
//!
//! Never the blocking `pg_advisory_lock`: the session that waits in it has a snapshot, for which another's CREATE
//! INDEX CONCURRENTLY waits, while it holds the lock: a deadlock, and an index that is INVALID.

use crate::client::{self, Client, OrFault as _};
use groundline_core::{Digest, Fault, Result, quote_literal};
use std::time::{Duration, Instant};
use tokio_postgres::SimpleQueryMessage;
use tokio_postgres::types::Type;

/// Pause between two attempts.
const POLL: Duration = Duration::from_millis(200);

/// The first half of each key, so that no other program's advisory locks are met: "GRND".
const SPACE: i32 = 0x4752_4e44;

/// A held lease. Dropping it ends the session and gives the lease back.
pub struct Lease {
    /// Its session: for the journal's events of their own, and for looking at what the run waits for.
    pub client: Client,
}

/// Who has a lease.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The server process.
    pub pid: i32,
    /// Its `application_name`, which says what it runs.
    pub application: String,
    /// When its session began, as the server prints it.
    pub since: String,
    /// `active`, `idle`, …
    pub state: String,
}

impl Holder {
    /// In words.
    pub fn words(&self) -> String {
        let Self { pid, application, since, state } = self;
        format!("{application} (pid {pid}, {state}, connected since {since})")
    }
}

/// Takes the lease of a project, waiting at most `wait`; `waiting` hears once of each holder.
///
/// # Errors
/// Somebody else has it for longer, or a transaction pooler is in between, where sessions can hold nothing.
pub async fn take(url: &str, project: &str, wait: Duration, waiting: &dyn Fn(&Holder)) -> Result<Lease> {
    let client = client::connect(url).await?;
    let taken = take_on(&client, project, wait, waiting).await;
    taken.map(|()| Lease { client }).map_err(|fault| match fault.sqlstate.as_deref() {
        // A statement prepared in one transaction is unknown to, or in the way of, the session of the next.
        Some("26000" | "42P05") => pooler(),
        _ => fault,
    })
}

async fn take_on(client: &Client, project: &str, wait: Duration, waiting: &dyn Fn(&Holder)) -> Result<()> {
    let key = key(project);
    let started = Instant::now();
    let mut told = None;
    while !try_lock(client, key).await? {
        let holder = held_by(client, key).await?.by;
        if let Some(holder) = holder.as_ref().filter(|holder| told != Some(holder.pid)) {
            waiting(holder);
            told = Some(holder.pid);
        }
        if started.elapsed() >= wait {
            return Err(held(holder.as_ref(), wait));
        }
        tokio::time::sleep(POLL).await;
    }
    refuse_pooler(client, key).await
}

impl Lease {
    /// Names the session to whoever waits for it. PostgreSQL keeps 63 bytes.
    pub async fn name(&self, application: &str) -> Result<()> {
        self.client.batch_execute(&naming(application)).await.fault()
    }
}

fn key(project: &str) -> i32 {
    let [a, b, c, d, ..] = *Digest::of(project).bytes();
    i32::from_be_bytes([a, b, c, d])
}

/// The statement that names a session to whoever waits for it.
pub(crate) fn naming(application: &str) -> String {
    format!("SET application_name = {};", quote_literal(application))
}

/// Advisory locks are of one database already: the key needs the project only. A session that only holds must not be ended
/// for being idle.
async fn try_lock(client: &Client, key: i32) -> Result<bool> {
    let query = format!(
        "SET idle_session_timeout = 0; SET statement_timeout = 0; \
         SELECT pg_catalog.pg_try_advisory_lock({SPACE}, {key})"
    );
    let answer = client.simple_query(&query).await.fault()?;
    Ok(answer
        .iter()
        .any(|message| matches!(message, SimpleQueryMessage::Row(row) if row.get(0) == Some("t"))))
}

/// Who has the lease, and the server process that was asked.
struct Held {
    asked: i32,
    by: Option<Holder>,
}

async fn held_by(client: &Client, key: i32) -> Result<Held> {
    let query = "SELECT pg_catalog.pg_backend_pid(), l.pid, \
        coalesce(nullif(a.application_name, ''), 'a session without a name'), \
        coalesce(to_char(a.backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), 'unknown'), \
        coalesce(a.state, 'of another role') \
        FROM (VALUES (1)) AS always LEFT JOIN pg_catalog.pg_locks l ON l.locktype = 'advisory' AND l.granted \
        AND l.objsubid = 2 \
        AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database()) \
        AND l.classid = $1::int8::oid AND l.objid = $2::int8::oid \
        LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid";
    let unsigned = |half: i32| i64::from(half.cast_unsigned());
    let (space, key) = (unsigned(SPACE), unsigned(key));
    let row = client.query_typed_one(query, &[(&space, Type::INT8), (&key, Type::INT8)]).await.fault()?;
    let by = row.get::<_, Option<i32>>(1).map(|pid| Holder {
        pid,
        application: row.get(2),
        since: row.get(3),
        state: row.get(4),
    });
    Ok(Held { asked: row.get(0), by })
}

/// Behind a pooler in transaction mode, the next transaction may be on another server process, without the lock.
async fn refuse_pooler(client: &Client, key: i32) -> Result<()> {
    for _ in 0..4 {
        let held = held_by(client, key).await?;
        if held.by.is_none_or(|holder| holder.pid != held.asked) {
            return Err(pooler());
        }
    }
    Ok(())
}

fn pooler() -> Fault {
    Fault::new("a transaction pooler is between Groundline and the server")
        .why("two transactions of one connection were on different server sessions: no lock can be held")
        .next("give the URL of the server itself, or of a pool in session mode")
}

fn held(holder: Option<&Holder>, wait: Duration) -> Fault {
    let by = holder.map_or_else(|| "a session that has just ended".to_owned(), Holder::words);
    Fault::new("another run works on this database")
        .why(format!("held by {by}; waited {} s", wait.as_secs()))
        .next("wait for it with --wait SECONDS, or end it on the server: SELECT pg_terminate_backend(pid)")
}
