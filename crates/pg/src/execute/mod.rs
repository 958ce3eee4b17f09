//! The execution: revisions of a plan run on a live database, each recorded with its change, none half-told.
//! In: a run's two sessions, its order, what a run that died left (`resume`), its end.
//! Out: what is planned (`migrate::plan`), what a person is told (`cli`, through [`Tell`]).
//! Called by the commands `upgrade` and `downgrade`.

mod alone;
mod blockers;
mod concurrent;
mod group;
mod orphans;
mod program;
mod resolve;
mod resume;
mod step;

pub use blockers::{Blocker, Progress};

use crate::alembic::Session;
use crate::client::{self, Client, OrFault as _};
use crate::dialect::Dialect;
use crate::guard;
use crate::journal::{Event, EventKind, Journal};
use crate::lease::{self, Lease};
use crate::run::RESET_SESSION;
use futures_util::future::join3;
use groundline_catalog::Fingerprint;
use groundline_core::{Digest, Fault, Result};
use groundline_migrate::history::History;
use groundline_migrate::plan::{Direction, PlanStep};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// What bounds a run.
#[derive(Clone, Debug)]
pub struct Options {
    /// How long a statement waits for a lock before its transaction is rolled back and tried again.
    pub lock_timeout: Duration,
    /// How long a statement may run; as long as it takes, without it.
    pub statement_timeout: Option<Duration>,
    /// How often a transaction is tried again.
    pub retries: u32,
    /// What a person says of a statement of which nobody knows whether it ran.
    pub unknown: Option<Unknown>,
    /// Whether the statements of a transaction are sent together. It is faster, and who looks at the sessions does not see
    /// which of them runs: for databases that hold nothing, where none takes long.
    pub together: bool,
}

/// What a person says of a statement of which nobody knows whether it ran.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unknown {
    /// It is done.
    Done,
    /// It is not: it is to be sent again.
    Again,
}

/// What a person hears while it runs.
pub trait Tell {
    /// A revision begins.
    fn begins(&self, label: &str);
    /// It is committed, and recorded in the history table.
    fn done(&self, label: &str, took: Duration);
    /// A lock was not had in time; it is tried again after the pause.
    fn again(&self, blockers: &[Blocker], attempt: u32, pause: Duration);
    /// A long statement goes on.
    fn progress(&self, progress: &Progress);
    /// Anything else that they should know.
    fn note(&self, line: &str);
}

/// Who and what a run is.
pub struct Identity<'a> {
    /// The project's name.
    pub project: &'a str,
    /// Which way.
    pub direction: Direction,
    /// Who runs it.
    pub operator: &'a str,
    /// What its first event is to say: who approved it, why it is an emergency.
    pub detail: Option<serde_json::Value>,
}

/// A run: it has the lease, and a session that works.
pub struct Run<'a> {
    url: &'a str,
    identity: Identity<'a>,
    history: &'a History,
    dialect: &'static dyn Dialect,
    options: &'a Options,
    tell: &'a dyn Tell,
    work: Client,
    work_pid: i32,
    can_watch: bool,
    /// Whether the session that works is as each revision wants to find it.
    is_furnished: bool,
    lease: Lease,
    journal: Journal,
    stop: &'a Stop,
    /// What runs revisions that are no SQL.
    alembic: Option<Session>,
}

/// A wish to stop, from another task.
#[derive(Default)]
pub struct Stop {
    wished: AtomicBool,
}

impl Stop {
    /// From now on nothing new is begun.
    pub fn wish(&self) {
        self.wished.store(true, Ordering::SeqCst);
    }

    /// Whether it is wished.
    pub fn is_wished(&self) -> bool {
        self.wished.load(Ordering::SeqCst)
    }

    /// The fault where it is wished.
    fn check(&self) -> Result<()> {
        match self.is_wished() {
            true => Err(Fault::new("stopped, as was wished")),
            false => Ok(()),
        }
    }
}

impl<'a> Run<'a> {
    /// Begins a run under a lease, with a session that works: ends what an earlier run left behind on the server, makes
    /// the journal and the history table where they are missing.
    pub async fn begin(
        url: &'a str,
        (lease, work): (Lease, Client),
        identity: Identity<'a>,
        (history, dialect): (&'a History, &'static dyn Dialect),
        (options, tell, stop): (&'a Options, &'a dyn Tell, &'a Stop),
    ) -> Result<Self> {
        let journal = Journal::open(&lease.client, identity.project, identity.operator).await?;
        orphans::end(&lease.client, identity.project, tell).await?;
        let verb = if identity.direction == Direction::Up { "upgrade" } else { "downgrade" };
        let name = format!("groundline {verb} {} run {}", identity.project, &journal.run()[..8]);
        let begun = Event { detail: identity.detail.clone(), ..Event::new(EventKind::RunBegun) };
        let begin = lease::naming(&name) + &journal.sql_of(&begun);
        lease.client.batch_execute(&begin).await.fault()?;
        let mut run = Self {
            url,
            identity,
            history,
            dialect,
            options,
            tell,
            work,
            work_pid: 0,
            can_watch: false,
            is_furnished: false,
            lease,
            journal,
            stop,
            alembic: None,
        };
        run.settle_in().await?;
        if dialect.is_written_by_tool() {
            return Ok(run);
        }
        if crate::dialect::recorded(&run.work, dialect).await?.is_none() {
            let create = format!("BEGIN; {} {} COMMIT", run.timeouts("LOCAL "), dialect.create());
            run.work.batch_execute(&create).await.fault()?;
        }
        Ok(run)
    }

    /// The session that works, for reading what it left.
    pub async fn client(&mut self) -> Result<&Client> {
        self.furnish().await?;
        Ok(&self.work)
    }

    /// Ends the run well; `after` is the schema's fingerprint.
    pub async fn end(mut self, after: Fingerprint) -> Result<()> {
        self.dismiss().await;
        let event = Event { after: Some(after), ..Event::new(EventKind::RunEnded) };
        self.journal.append(&self.lease.client, &event).await
    }

    /// Records that the run failed, as far as that can be recorded.
    pub async fn fail(mut self, fault: &Fault) {
        self.dismiss().await;
        let detail = serde_json::to_value(fault).ok();
        let event = Event { detail, ..Event::new(EventKind::RunFailed) };
        // The server may be what failed; then the run is one that was begun and not ended.
        let _ = self.journal.append(&self.lease.client, &event).await;
    }

    /// Cancels the statement that runs for as long as this is polled, once a stop is wished.
    pub fn canceller(&self) -> impl Future<Output = ()> + use<> {
        let (url, run) = (self.url.to_owned(), self.journal.run().to_owned());
        async move {
            let Ok(client) = client::connect(&url).await else { return };
            loop {
                let cancel = "SELECT pg_catalog.pg_cancel_backend(pid) FROM pg_catalog.pg_stat_activity \
                              WHERE datname = current_database() AND state = 'active' AND application_name = $1 \
                              AND query !~* '^(commit|rollback)'";
                // Where it can't be cancelled, the run ends with its statement.
                let _ = client.execute(cancel, &[&orphans::name(&run)]).await;
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        }
    }

    fn event(&self, kind: EventKind, version: &str, statement: usize, digest: Digest) -> Event {
        Event {
            version: Some(version.to_owned()),
            direction: Some(self.identity.direction.word()),
            statement: i32::try_from(statement).ok(),
            digest: Some(digest),
            ..Event::new(kind)
        }
    }

    /// The event that closes a step.
    fn closing(&self, planned: &PlanStep, started: Instant) -> Event {
        let kind = match self.identity.direction {
            Direction::Up => EventKind::RevisionApplied,
            Direction::Down => EventKind::RevisionReverted,
        };
        Event {
            version: Some(planned.revision.clone()),
            direction: Some(self.identity.direction.word()),
            chain: Some(planned.chain),
            duration_ms: i64::try_from(started.elapsed().as_millis()).ok(),
            ..Event::new(kind)
        }
    }

    /// Puts the session that works to what each revision begins with, where it is not.
    async fn furnish(&mut self) -> Result<()> {
        if !self.is_furnished {
            self.work.batch_execute(&self.furniture()).await.fault()?;
            self.is_furnished = true;
        }
        Ok(())
    }

    /// What a session begins a revision with, and its name.
    fn furniture(&self) -> String {
        let name = groundline_core::quote_literal(&orphans::name(self.journal.run()));
        let watch = if self.can_watch { "SET client_connection_check_interval = '1s';" } else { "" };
        let timeouts = self.timeouts("");
        format!("{RESET_SESSION}; SET application_name = {name}; {watch} {timeouts}")
    }

    /// Learns what a new session is, and furnishes it.
    async fn settle_in(&mut self) -> Result<()> {
        let reason = format!("run {}", self.journal.run());
        let (pid, watch, entered) = join3(
            self.work.query_typed_one("SELECT pg_catalog.pg_backend_pid()", &[]),
            self.work.batch_execute("SET client_connection_check_interval = '1s'"),
            guard::enter(&self.work, &reason),
        )
        .await;
        entered?;
        self.work_pid = pid.fault()?.get(0);
        // A server that can't watch its clients refuses it.
        self.can_watch = watch.is_ok();
        self.is_furnished = false;
        self.furnish().await
    }

    fn timeouts(&self, scope: &str) -> String {
        let [lock, statement] = self.limits(scope);
        format!("{lock}; {statement}; SET {scope}idle_in_transaction_session_timeout = '60s';")
    }

    /// How long it waits for a lock, and how long a statement may take.
    fn limits(&self, scope: &str) -> [String; 2] {
        let statement = self.options.statement_timeout.map_or(0, |timeout| timeout.as_millis());
        let lock = self.options.lock_timeout.as_millis();
        [format!("SET {scope}lock_timeout = {lock}"), format!("SET {scope}statement_timeout = {statement}")]
    }
}
