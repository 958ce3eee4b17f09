//! What a live database says of itself at one moment: its schema, and what its history table records.
//! Out: whether that is as it should be (`cli`). It only reads, in one read-only transaction.
//! Called by the commands that show, compare or settle what a database is at.

use crate::client::OrFault as _;
use crate::dialect::{self, Dialect};
use crate::introspect::Reader;
use groundline_catalog::Snapshot;
use groundline_core::Result;
use groundline_migrate::applied::{Applied, Recording};
use groundline_migrate::history::History;
use tokio_postgres::Client;

/// A database at one moment.
pub struct Standing {
    /// Its schema.
    pub schema: Snapshot,
    /// Its history table, where one is there.
    pub history: Option<Recorded>,
}

/// What a history table says.
#[derive(Clone)]
pub struct Recorded {
    /// Whose table it is.
    pub dialect: &'static dyn Dialect,
    /// The applied versions, oldest first; only the newest where the tool keeps no other.
    pub applied: Vec<String>,
    /// The versions that failed half-way.
    pub failed: Vec<String>,
}

impl Recorded {
    /// The applied versions, as the table's dialect keeps them.
    fn recording(&self) -> Recording<'_> {
        Recording {
            versions: &self.applied,
            newest_only: self.dialect.keeps_newest_only(),
            baselines: self.dialect.has_baselines(),
        }
    }

    /// The revisions of a history that are applied. A table that keeps only the newest version, and says that this one
    /// failed, stands for those before it.
    pub fn applied_in(&self, history: &History) -> Applied {
        let mut applied = Applied::recorded(history, self.recording());
        if self.dialect.keeps_newest_only() {
            let failed =
                self.failed.iter().filter_map(|version| history.find(version).ok()).max().unwrap_or(0);
            applied.places.extend(0..failed);
        }
        applied
    }
}

/// Looks at a database. The history table is the first of `dialects` that is there; they are asked for once the schema
/// is read, and what comes with them is given back.
///
/// # Errors
/// The server's, and a history table of other columns.
pub async fn look<W>(
    client: &Client,
    reader: &mut Reader,
    dialects: impl Future<Output = Result<(Vec<&'static dyn Dialect>, W)>>,
) -> Result<(Standing, W)> {
    // One snapshot for both: a revision that is deployed meanwhile is in both or in neither.
    let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL lock_timeout = '5s'";
    client.batch_execute(begin).await.fault()?;
    let seen = look_inside(client, reader, dialects).await;
    let ended = client.batch_execute("ROLLBACK").await.fault();
    let seen = seen?;
    ended.map(|()| seen)
}

async fn look_inside<W>(
    client: &Client,
    reader: &mut Reader,
    dialects: impl Future<Output = Result<(Vec<&'static dyn Dialect>, W)>>,
) -> Result<(Standing, W)> {
    let schema = reader.read(client).await?;
    let mut history = None;
    let (dialects, whose) = dialects.await?;
    for dialect in dialects {
        if let Some(applied) = dialect::recorded(client, dialect).await? {
            let failed = dialect::failed(client, dialect).await?;
            history = Some(Recorded { dialect, applied, failed });
            break;
        }
    }
    Ok((Standing { schema, history }, whose))
}
