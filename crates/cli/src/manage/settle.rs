//! Writing a history table under the lease, with an event in the journal, and reading it back.
//! Out: whether what is written is true (`proof`).
//! Called by `stamp`, `adopt` and `repair`.

use crate::seen::Seen;
use crate::settings::Project;
use crate::upgrade;
use groundline_core::{Fault, Result};
use groundline_migrate::applied::Applied;
use groundline_migrate::history::History;
use groundline_pg::dialect::{self, Dialect, Restamp};
use groundline_pg::journal::{Event, EventKind, Journal};
use groundline_pg::lease::{self, Lease};
use groundline_pg::stage;
use groundline_pg::standing::Recorded;
use std::collections::BTreeSet;
use std::time::Duration;

/// How long another run on the same database is waited for.
const WAIT: Duration = Duration::from_secs(60);

/// A database, looked at under the lease: nobody else of this project writes meanwhile.
pub struct Held {
    pub seen: Seen,
    project: String,
    // Gives the lease back with the value.
    _lease: Lease,
}

impl Held {
    /// Takes the lease, and looks.
    pub async fn take(url: &str, project: &Project) -> Result<Self> {
        let name = project.name();
        let lease = lease::take(url, &name, WAIT, &upgrade::waits).await?;
        let seen = Seen::look(url, project).await?;
        upgrade::written_by_us(&seen.history)?;
        Ok(Self { seen, project: name, _lease: lease })
    }

    /// What makes the history table say that exactly these revisions are applied.
    pub fn restamp(&self, wanted: &BTreeSet<usize>, purge: bool) -> Result<Restamp<'_>> {
        let Seen { history, recorded, .. } = &self.seen;
        Restamp::new(self.seen.dialect()?, history, recorded.as_ref(), wanted, purge)
    }

    /// Writes it with its event, and reads it back.
    ///
    /// # Errors
    /// The server's; or the table says something else afterwards, such as by a trigger on it.
    pub async fn write(
        &self,
        restamp: &Restamp<'_>,
        wanted: &BTreeSet<usize>,
        event: Noted<'_>,
    ) -> Result<()> {
        self.run(restamp.dialect, &restamp.sql()?, event).await?;
        let now = read(&self.seen, restamp.dialect).await?;
        match now.is_some_and(|now| {
            now.failed.is_empty() && says(&self.seen.history, &now.applied_in(&self.seen.history), wanted)
        }) {
            true => Ok(()),
            false => {
                let table = restamp.dialect.table_name();
                Err(Fault::new(format!("{table} says something else than was written"))
                    .next("look for a trigger or a rule on it; see what it says with `groundline current`"))
            }
        }
    }

    /// Runs statements on a history table, with their event.
    pub async fn run(&self, dialect: &dyn Dialect, statements: &str, event: Noted<'_>) -> Result<()> {
        let client = &self.seen.client;
        let journal = Journal::open(client, &self.project, &upgrade::operator()).await?;
        let event = journal.sql_of(&event.into_event());
        dialect::write(client, dialect, statements, &event).await
    }
}

/// What the journal is told.
pub struct Noted<'a> {
    pub kind: EventKind,
    /// The revision that the database is at afterwards, or that it is about.
    pub version: &'a str,
    pub detail: serde_json::Value,
}

impl Noted<'_> {
    fn into_event(self) -> Event {
        let version = Some(self.version.to_owned()).filter(|version| !version.is_empty());
        Event { version, detail: Some(self.detail), ..Event::new(self.kind) }
    }
}

/// What a dialect's table says now.
pub async fn read(seen: &Seen, of: &'static dyn Dialect) -> Result<Option<Recorded>> {
    let Some(applied) = dialect::recorded(&seen.client, of).await? else { return Ok(None) };
    let failed = dialect::failed(&seen.client, of).await?;
    Ok(Some(Recorded { dialect: of, applied, failed }))
}

/// Whether these are the applied revisions, but for repeatable ones: tables have no place in the order for them.
pub fn says(history: &History, applied: &Applied, wanted: &BTreeSet<usize>) -> bool {
    let versioned = |places: &BTreeSet<usize>| -> Vec<usize> {
        places.iter().copied().filter(|place| !history.revisions[*place].repeatable).collect()
    };
    applied.unknown.is_empty() && versioned(&applied.places) == versioned(wanted)
}

/// The dialect of a layout's id.
pub fn dialect_named(id: &str) -> Result<&'static dyn Dialect> {
    dialect::for_layout(id).ok_or_else(|| stage::no_dialect(id))
}
