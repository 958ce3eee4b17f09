//! The journal: what Groundline did to a database, kept in that database as rows that are only added.
//! Out: the history tables of the tools (`dialect`), and what is done (`execute`).
//! Called by the execution and by the commands that explain or settle what a run left.

mod event;
mod table;

pub use event::{Event, EventKind};

use crate::client::OrFault as _;
use crate::guard;
use futures_util::future::try_join;
use groundline_core::Result;
use tokio_postgres::types::Type;
use tokio_postgres::{Client, Row};

/// One run's way to write. The client is given with each call: an event belongs into the transaction of its
/// change, or onto a connection that outlives it.
#[derive(Clone, Debug)]
pub struct Journal {
    run: String,
    project: String,
    operator: String,
}

/// An event as it was written.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Written {
    /// Its place among all events.
    pub id: i64,
    /// When, RFC 3339 in UTC.
    pub at: String,
    /// The run that wrote it.
    pub run: String,
    /// Its word; see [`EventKind::word`].
    pub kind: String,
    /// The revision's id.
    pub version: Option<String>,
    /// `up` or `down`.
    pub direction: Option<String>,
    /// The statement's place in its script, from 0.
    pub statement: Option<i32>,
    /// SHA-256 of the statement.
    pub digest: Option<String>,
    /// Who ran it.
    pub operator: String,
    /// Fingerprints of the schema before and after.
    pub fingerprints: (Option<String>, Option<String>),
    /// How long it took.
    pub duration_ms: Option<i64>,
    /// More.
    pub detail: Option<String>,
    /// The chain digest of the revision, as groundline.lock has it.
    pub chain: Option<String>,
}

impl Written {
    /// Its kind; nothing for one of a newer Groundline.
    pub fn kind(&self) -> Option<EventKind> {
        EventKind::of(&self.kind)
    }

    fn of(row: &Row) -> Self {
        Self {
            id: row.get(0),
            at: row.get(1),
            run: row.get(2),
            kind: row.get(3),
            version: row.get(4),
            direction: row.get(5),
            statement: row.get(6),
            digest: row.get(7),
            operator: row.get(8),
            fingerprints: (row.get(9), row.get(10)),
            duration_ms: row.get(11),
            detail: row.get(12),
            chain: row.get(13),
        }
    }
}

const COLUMNS: &str = "id, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"'), run, kind, version, \
direction, statement, digest, operator, fingerprint_before, fingerprint_after, duration_ms, detail::text, chain";

impl Journal {
    /// Opens the guard for the session, where there is one, makes the table where it is missing, and a new run's id. The client must be in no transaction.
    ///
    /// # Errors
    /// The role may not make it: the fault has the SQL that an administrator must run.
    pub async fn open(client: &Client, project: &str, operator: &str) -> Result<Self> {
        let reason = format!("groundline {project}, by {operator}");
        let run = client.query_typed_one("SELECT pg_catalog.gen_random_uuid()::text", &[]);
        let run = async { run.await.fault() };
        let ((), run) = try_join(guard::enter(client, &reason), run).await?;
        table::ensure(client).await?;
        Ok(Self { run: run.get(0), project: project.to_owned(), operator: operator.to_owned() })
    }

    /// The run's id.
    pub fn run(&self) -> &str {
        &self.run
    }

    /// The statement that writes an event, for the batch of a change.
    pub fn sql_of(&self, event: &Event) -> String {
        event.sql(&self.run, &self.project, &self.operator)
    }

    /// Writes an event, in whatever transaction is open.
    pub async fn append(&self, client: &Client, event: &Event) -> Result<()> {
        client.batch_execute(&self.sql_of(event)).await.fault()
    }
}

/// The events of a project, oldest first; none where there is no journal.
pub async fn events(client: &Client, project: &str) -> Result<Vec<Written>> {
    let query = format!("SELECT {COLUMNS} FROM groundline.event WHERE project = $1 ORDER BY id");
    read(client, &query, project).await
}

/// What was begun of revisions and never ended: the statement and group events of each revision after the last
/// event that closed it, oldest first.
pub async fn unfinished(client: &Client, project: &str) -> Result<Vec<Written>> {
    let query = format!(
        "SELECT {COLUMNS} FROM groundline.event e WHERE project = $1 \
         AND kind IN ('statement_begun', 'statement_done', 'statement_failed', 'group_done') \
         AND NOT EXISTS (SELECT FROM groundline.event closed WHERE closed.project = e.project \
         AND closed.version = e.version AND closed.id > e.id \
         AND closed.kind IN ('revision_applied', 'revision_reverted', 'stamped', 'repaired')) ORDER BY id"
    );
    read(client, &query, project).await
}

async fn read(client: &Client, query: &str, project: &str) -> Result<Vec<Written>> {
    if !table::exists(client).await? {
        return Ok(Vec::new());
    }
    Ok(client.query_typed(query, &[(&project, Type::TEXT)]).await.fault()?.iter().map(Written::of).collect())
}
