//! Writing a history table under the lease, with an event in the journal, and reading it back.
//! Out: whether what is written is true (`proof`).
//! Called by `stamp`, `adopt` and `repair`.

use crate::seen::Seen;
use crate::settings::Project;
use crate::{drill, upgrade};
use groundline_core::{Fault, Result};
use groundline_migrate::applied::Applied;
use groundline_migrate::history::History;
use groundline_pg::dialect::{self, Dialect, Restamp};
use groundline_pg::guard;
use groundline_pg::journal::{Event, EventKind, Journal};
use groundline_pg::lease::{self, Lease};
use groundline_pg::server::Database;
use groundline_pg::stage;
use groundline_pg::standing::Recorded;
use std::collections::BTreeSet;
use std::time::Duration;

/// How long another run on the same database is waited for.
const WAIT: Duration = Duration::from_secs(60);

/// A database, looked at under the lease: nobody else of this project writes meanwhile.
pub struct Held<'a> {
    pub seen: Seen,
    url: &'a str,
    project: &'a Project,
    // Gives the lease back with the value.
    _lease: Lease,
}

impl<'a> Held<'a> {
    /// Takes the lease, and looks.
    pub async fn take(url: &'a str, project: &'a Project) -> Result<Self> {
        let lease = lease::take(url, &project.name(), WAIT, &upgrade::waits).await?;
        Ok(Self { seen: Seen::look(url, project).await?, url, project, _lease: lease })
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
        match restamp.dialect.is_written_by_tool() {
            true => self.by_alembic(wanted, restamp.purge, event).await?,
            false => self.run(restamp.dialect, &restamp.sql()?, event).await?,
        }
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

    /// What is run to write it: statements, or a command of the tool that alone writes its table.
    pub fn shown(&self, restamp: &Restamp<'_>, wanted: &BTreeSet<usize>) -> Result<String> {
        if !restamp.dialect.is_written_by_tool() {
            return restamp.sql();
        }
        let heads = self.heads(wanted);
        let revisions = if heads.is_empty() { "base".to_owned() } else { heads.join(" ") };
        Ok(format!("alembic stamp {}{revisions}", if restamp.purge { "--purge " } else { "" }))
    }

    /// Has Alembic write its table; the event comes after it.
    async fn by_alembic(&self, wanted: &BTreeSet<usize>, purge: bool, event: Noted<'_>) -> Result<()> {
        let Seen { client, history, .. } = &self.seen;
        let Some(alembic) = drill::alembic(self.project, history).await? else {
            return Err(Fault::new(
                "only Alembic writes its history table, and this is no project of Alembic's",
            ));
        };
        let journal = Journal::open(client, &self.project.name(), &upgrade::operator()).await?;
        // The guard's secret is in its statement, so it is not the last one.
        let opening = guard::opening_of(client, "alembic stamp").await?;
        let settings: Vec<String> =
            opening.into_iter().chain(["SET lock_timeout = '5s'".to_owned()]).collect();
        let session = Box::pin(alembic.on_set(&Database::at(self.url)?, &settings)).await?;
        let stamped = session.stamp(&self.heads(wanted), purge).await;
        session.end().await;
        stamped?;
        journal.append(client, &event.into_event()).await
    }

    /// The revisions of some places that no other of them comes after.
    fn heads(&self, wanted: &BTreeSet<usize>) -> Vec<&str> {
        let history = &self.seen.history;
        let versions = wanted.iter().map(|place| history.revisions[*place].version.as_str());
        history.graph.as_ref().map_or_else(Vec::new, |graph| graph.heads_of(versions))
    }

    /// Runs statements on a history table, with their event.
    pub async fn run(&self, dialect: &dyn Dialect, statements: &str, event: Noted<'_>) -> Result<()> {
        let client = &self.seen.client;
        let journal = Journal::open(client, &self.project.name(), &upgrade::operator()).await?;
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
