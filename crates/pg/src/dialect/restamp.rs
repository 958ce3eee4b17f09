//! Writing a history table so that it says that exactly certain revisions are applied: what is missing is recorded, what
//! is too much is taken out, as the tool itself would.
//! Out: whether that is true (whoever asks for it), the lease, the journal.
//! Called by `stamp`, `adopt` and `repair`.

use super::{Dialect, history_fault};
use crate::standing::Recorded;
use groundline_core::Result;
use groundline_migrate::history::{History, Revision};
use std::collections::BTreeSet;
use tokio_postgres::Client;

/// What to do about versions that the history does not have.
const UNKNOWN: &str =
    "bring the folder up to date; or, where they are of no use any more: groundline stamp --purge";

/// What has to be written.
#[derive(Clone)]
pub struct Restamp<'h> {
    /// Whose table.
    pub dialect: &'static dyn Dialect,
    /// Revisions to record, oldest first.
    pub record: Vec<&'h Revision>,
    /// Revisions to take out, newest first, each with the one that is the newest afterwards.
    pub forget: Vec<(&'h Revision, Option<&'h Revision>)>,
    /// Whether the table is emptied first, because it has versions that the history does not have.
    pub purge: bool,
}

impl<'h> Restamp<'h> {
    /// What makes a table say that the revisions at `wanted` are applied, and no others. A row of a revision that
    /// failed half-way is taken out first, whatever is wanted.
    ///
    /// # Errors
    /// The table has versions that the history does not have, and it is not to be emptied.
    pub fn new(
        dialect: &'static dyn Dialect,
        history: &'h History,
        recorded: Option<&Recorded>,
        wanted: &BTreeSet<usize>,
        purge: bool,
    ) -> Result<Self> {
        let has_row = |place: &usize| !history.revisions[*place].repeatable || dialect.records_repeatable();
        let wanted: BTreeSet<usize> = wanted.iter().copied().filter(has_row).collect();
        let (mut applied, mut failed) = (BTreeSet::new(), BTreeSet::new());
        if let Some(recorded) = recorded.filter(|_| !purge) {
            let now = recorded.applied_in(history);
            if let Some(fault) = now.unknown_fault(&dialect.table_name()) {
                return Err(fault.next(UNKNOWN));
            }
            applied = now.places;
            failed.extend(recorded.failed.iter().filter_map(|version| history.find(version).ok()));
            applied.retain(|place| has_row(place) && !failed.contains(place));
        }
        let revision = |place: &usize| &history.revisions[*place];
        let newest = wanted.last().map(revision);
        if dialect.keeps_newest_only() {
            let is_so = failed.is_empty() && applied.last() == wanted.last();
            let record = newest.filter(|_| !is_so).into_iter().collect();
            let too_much = failed.last().max(applied.last()).filter(|_| newest.is_none());
            let forget = too_much.map(|place| (revision(place), None)).into_iter().collect();
            return Ok(Self { dialect, record, forget, purge });
        }
        let out = applied.difference(&wanted).chain(&failed).copied().collect::<BTreeSet<_>>();
        let previous = |place: &usize| wanted.range(..*place).next_back().map(revision);
        let forget = out.iter().rev().map(|place| (revision(place), previous(place))).collect();
        let record = wanted.difference(&applied).map(revision).collect();
        Ok(Self { dialect, record, forget, purge })
    }

    /// Whether the table says so already.
    pub fn is_empty(&self) -> bool {
        self.record.is_empty() && self.forget.is_empty() && !self.purge
    }

    /// The statements, without the transaction around them.
    ///
    /// # Errors
    /// A version that the tool could not store, or a file whose checksum can't be taken.
    pub fn sql(&self) -> Result<String> {
        let mut parts = vec![self.dialect.create()];
        if self.purge {
            // Made again: some tools have a first row of their own.
            parts.extend([format!("DELETE FROM {};", self.dialect.qualified_table()), self.dialect.create()]);
        }
        for (revision, previous) in &self.forget {
            parts.push(self.dialect.forget(revision, *previous)?);
        }
        for revision in &self.record {
            parts.push(self.dialect.record(revision)?);
        }
        Ok(parts.join("\n"))
    }
}

/// Runs statements on a history table, and what tells of them, in one transaction.
///
/// # Errors
/// The server's; nothing is written then.
pub async fn write(client: &Client, dialect: &dyn Dialect, statements: &str, event: &str) -> Result<()> {
    let batch = format!("BEGIN;\nSET LOCAL lock_timeout = '5s';\n{statements}\n{event}\nCOMMIT;");
    let Err(error) = client.batch_execute(&batch).await else { return Ok(()) };
    let fault = history_fault("could not write the history table", dialect, &error);
    // The session is in a failed transaction; if even this fails, the connection is gone and with it the
    // transaction.
    let _ = client.batch_execute("ROLLBACK").await;
    Err(fault)
}
