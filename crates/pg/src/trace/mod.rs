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
use groundline_core::{Fault, Result, quote_ident};
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

/// A session that traces scripts, one after the other, on one database.
pub struct Tracer<'d> {
    database: &'d Database,
    client: Client,
    observer: Observer,
}

impl<'d> Tracer<'d> {
    /// Connects.
    ///
    /// # Errors
    /// The database can't be reached or looked at.
    pub async fn open(database: &'d Database) -> Result<Self> {
        let client = database.connect().await?;
        let observer = Observer::open(&client).await?;
        Ok(Self { database, client, observer })
    }

    /// Has unqualified names looked for in these schemas first, as a database's own setting would.
    ///
    /// # Errors
    /// The session is lost.
    pub async fn look_in(&self, schemas: &[String]) -> Result<()> {
        if schemas.is_empty() {
            return Ok(());
        }
        let names: Vec<String> = schemas.iter().map(|schema| quote_ident(schema)).collect();
        self.execute(&format!("SET search_path = {}, public", names.join(", "))).await
    }

    /// Runs the up of one revision, looking at each statement; `bookkeeping` runs after it, where it came to its end.
    ///
    /// # Errors
    /// The database can't be looked at. What stops a statement is in the trace.
    pub async fn trace(
        &mut self,
        history: &History,
        revision: &Revision,
        bookkeeping: &str,
    ) -> Result<Trace> {
        let up = Prepared::new(history, &revision.up);
        let mut trace = Trace { statements: vec![None; up.statements()], fault: None };
        self.observer.begin_script(&self.client).await?;
        for group in up.groups() {
            if let Err(fault) = self.group(&up, group, &mut trace).await {
                trace.fault = Some(fault);
                break;
            }
        }
        let after = if trace.fault.is_none() { bookkeeping } else { "" };
        let after = format!("{RESET_SESSION}; {after}");
        let (_, reset) =
            tokio::join!(self.client.batch_execute("ROLLBACK"), self.client.batch_execute(&after));
        reset.map_err(|error| client::fault(&error))?;
        Ok(trace)
    }

    /// Leaves.
    pub async fn close(self) {
        self.client.close().await;
    }

    async fn group(&mut self, up: &Prepared<'_>, group: &Group, trace: &mut Trace) -> Result<()> {
        match group {
            Group::Alone(statement)
                if up.refused_inside(*statement).is_some() || up.is_control(*statement) =>
            {
                self.alone(up, *statement, trace).await
            }
            // A transaction of its own is what it gets anyway, and shows all of its locks.
            Group::Alone(statement) => {
                match self.together(up, *statement..*statement + 1, "COMMIT", trace).await {
                    Err(fault) if fault.sqlstate.as_deref() == Some(ENDS_TRANSACTIONS) => {
                        self.execute("ROLLBACK").await?;
                        self.alone(up, *statement, trace).await
                    }
                    done => done,
                }
            }
            Group::Together(range) => self.together(up, range.clone(), "COMMIT", trace).await,
            Group::RolledBack(range) => self.together(up, range.clone(), "ROLLBACK", trace).await,
        }
    }

    async fn execute(&self, sql: &str) -> Result<()> {
        self.client.batch_execute(sql).await.map_err(|error| client::fault(&error))
    }

    async fn together(
        &mut self,
        up: &Prepared<'_>,
        range: std::ops::Range<usize>,
        end: &str,
        trace: &mut Trace,
    ) -> Result<()> {
        // Both are sent before the first is answered: a history has hundreds of transactions.
        let (begun, looked) =
            tokio::join!(self.client.batch_execute("BEGIN"), self.observer.begin(&self.client));
        begun.map_err(|error| client::fault(&error))?;
        looked?;
        for statement in range {
            let started = Instant::now();
            up.send_one(&self.client, statement).await?;
            let microseconds = micros(started);
            let mut seen = self.observer.look(&self.client).await?;
            seen.microseconds = microseconds;
            trace.statements[statement] = Some(seen);
        }
        self.execute(end).await
    }

    async fn alone(&mut self, up: &Prepared<'_>, statement: usize, trace: &mut Trace) -> Result<()> {
        self.observer.begin(&self.client).await?;
        let sampler =
            Sampler::start(self.database, self.observer.backend(), self.observer.relations()).await?;
        let started = Instant::now();
        let sent = up.send_one(&self.client, statement).await;
        let microseconds = micros(started);
        let sampled = sampler.stop().await?;
        sent?;
        let mut seen = self.observer.after(&self.client, sampled).await?;
        seen.microseconds = microseconds;
        trace.statements[statement] = Some(seen);
        Ok(())
    }
}

fn micros(started: Instant) -> u64 {
    u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX)
}
