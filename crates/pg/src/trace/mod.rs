//! Statement by statement on a shadow: which locks each took, what it wrote anew or read in full, how much WAL, how long.
//! In: running and looking. Out: what that means (`lint`), making the database (`yields`).
//! Called by the commands that trace.
//!
//! A statement inside a transaction is looked at before the transaction goes on, so nothing is missed. One that takes
//! no transaction is sampled from a second session, which holds no snapshot: CREATE INDEX CONCURRENTLY would wait for
//! one. What was too short to be sampled is said to be unseen.

mod ground;
mod observe;

pub use ground::Ground;

use crate::client::{self, Client};
use crate::run::{Prepared, RESET_SESSION};
use crate::server::Database;
use groundline_core::{Fault, Result};
use groundline_lint::Effects;
use groundline_migrate::history::{History, Revision};
use groundline_sql::Group;
use observe::{Observer, Sampler};
use serde::Serialize;
use std::time::Instant;

/// A procedure or a DO block that ends transactions itself: the manual, appendix A, `invalid_transaction_termination`.
const ENDS_TRANSACTIONS: &str = "2D000";

/// What one statement did.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Traced {
    /// Its effects on relations that were there before the script.
    #[serde(skip)]
    pub effects: Effects,
    /// Locks of earlier statements of its transaction that were still held.
    #[serde(skip)]
    pub held: Effects,
    /// Whether its locks were seen; a short statement outside a transaction may not be.
    pub seen: bool,
    /// Bytes of WAL that the server wrote meanwhile.
    pub wal_bytes: u64,
    /// Rows inserted, updated and deleted by it, triggers included; known inside transactions only.
    pub rows: u64,
    /// Microseconds that it took on the shadow.
    pub microseconds: u64,
}

/// What a script did, as far as it came.
#[derive(Debug, Default)]
pub struct Trace {
    /// One entry a statement, in order; none for those that were not reached, and psql's commands.
    pub statements: Vec<Option<Traced>>,
    /// What stopped it.
    pub fault: Option<Fault>,
}

/// Runs the up of one revision on a database, looking at each statement.
///
/// # Errors
/// The database can't be looked at. What stops a statement is in the trace.
pub async fn trace(database: &Database, history: &History, revision: &Revision) -> Result<Trace> {
    let client = database.connect().await?;
    let up = Prepared::new(history, &revision.up);
    let mut trace = Trace { statements: vec![None; up.statements()], fault: None };
    let mut observer = Observer::open(&client).await?;
    for group in up.groups() {
        let done = match group {
            Group::Alone(statement)
                if up.refused_inside(*statement).is_some() || up.is_control(*statement) =>
            {
                alone(database, &client, &up, *statement, &mut observer, &mut trace).await
            }
            // A transaction of its own is what it gets anyway, and shows all of its locks.
            Group::Alone(statement) => {
                let only = *statement..*statement + 1;
                match together(&client, &up, only, "COMMIT", &mut observer, &mut trace).await {
                    Err(fault) if fault.sqlstate.as_deref() == Some(ENDS_TRANSACTIONS) => {
                        let _ = client.batch_execute("ROLLBACK").await;
                        alone(database, &client, &up, *statement, &mut observer, &mut trace).await
                    }
                    done => done,
                }
            }
            Group::Together(range) => {
                together(&client, &up, range.clone(), "COMMIT", &mut observer, &mut trace).await
            }
            Group::RolledBack(range) => {
                together(&client, &up, range.clone(), "ROLLBACK", &mut observer, &mut trace).await
            }
        };
        if let Err(fault) = done {
            trace.fault = Some(fault);
            break;
        }
    }
    let _ = client.batch_execute("ROLLBACK").await;
    client.batch_execute(RESET_SESSION).await.map_err(|error| client::fault(&error))?;
    client.close().await;
    Ok(trace)
}

async fn together(
    client: &Client,
    up: &Prepared<'_>,
    range: std::ops::Range<usize>,
    end: &str,
    observer: &mut Observer,
    trace: &mut Trace,
) -> Result<()> {
    let execute =
        |sql: String| async move { client.batch_execute(&sql).await.map_err(|error| client::fault(&error)) };
    execute("BEGIN".to_owned()).await?;
    observer.begin(client).await?;
    for statement in range {
        let started = Instant::now();
        up.send_one(client, statement).await?;
        let microseconds = micros(started);
        let mut seen = observer.look(client).await?;
        seen.microseconds = microseconds;
        trace.statements[statement] = Some(seen);
    }
    execute(end.to_owned()).await
}

async fn alone(
    database: &Database,
    client: &Client,
    up: &Prepared<'_>,
    statement: usize,
    observer: &mut Observer,
    trace: &mut Trace,
) -> Result<()> {
    observer.begin(client).await?;
    let sampler = Sampler::start(database, observer.backend(), observer.relations()).await?;
    let started = Instant::now();
    let sent = up.send_one(client, statement).await;
    let microseconds = micros(started);
    let sampled = sampler.stop().await?;
    sent?;
    let mut seen = observer.after(client, sampled).await?;
    seen.microseconds = microseconds;
    trace.statements[statement] = Some(seen);
    Ok(())
}

fn micros(started: Instant) -> u64 {
    u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX)
}
