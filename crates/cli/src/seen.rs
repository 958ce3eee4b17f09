//! A live database and a project's history, in one look: its schema, its history table, the folder, and the lock.
//! Out: what follows from it. It only reads.
//! Called by the commands that run revisions on it (`upgrade`) or set its history table right (`manage`).

use crate::settings::Project;
use crate::{drill, locked};
use groundline_catalog::Snapshot;
use groundline_core::{Fault, Place, Result};
use groundline_migrate::applied::Applied;
use groundline_migrate::history::{History, Revision};
use groundline_migrate::lock::{LockFile, Recognised};
use groundline_migrate::plan::Direction;
use groundline_pg::client::{self, Client};
use groundline_pg::dialect::Dialect;
use groundline_pg::introspect::{Excluded, Reader};
use groundline_pg::journal::{self, Written};
use groundline_pg::stage;
use groundline_pg::standing::{self, Recorded};

/// What one look saw.
pub struct Seen {
    pub client: Client,
    /// The database's name.
    pub database: String,
    pub history: History,
    /// Its history table, where one of the layout's is there.
    pub recorded: Option<Recorded>,
    /// The revisions that it says are applied.
    pub applied: Applied,
    pub schema: Snapshot,
    /// The lock, where there is one of this scope.
    pub lock: Option<LockFile>,
}

impl Seen {
    /// Connects and looks.
    pub async fn look(url: &str, project: &Project) -> Result<Self> {
        Self::look_on(client::connect(url), project).await
    }

    /// Looks on a connection.
    pub async fn look_on(client: impl Future<Output = Result<Client>>, project: &Project) -> Result<Self> {
        let reads = drill::history_meanwhile(project);
        let client = client.await?;
        let scope = project.scope(None);
        let mut reader = Reader::once(Excluded::outside(scope.clone()));
        let dialects = async {
            let history = reads.await?;
            Ok((stage::dialects_of(&history), history))
        };
        let (standing, history) = standing::look(&client, &mut reader, dialects).await?;
        let mut recorded = standing.history;
        let row = client.query_typed_one("SELECT pg_catalog.current_database()::text", &[]).await;
        let mut applied = recorded.as_ref().map_or_else(Applied::default, |table| table.applied_in(&history));
        if let Some(recorded) = recorded.as_mut().filter(|recorded| !recorded.failed.is_empty()) {
            let unfinished = journal::unfinished(&client, &project.name()).await?;
            own_mark(recorded, &mut applied, &history, &unfinished);
        }
        Ok(Self {
            database: row.map(|row| row.get(0)).map_err(|error| client::fault(&error))?,
            lock: locked::in_scope(LockFile::load(&history.folder)?, &scope),
            schema: standing.schema,
            client,
            history,
            recorded,
            applied,
        })
    }

    /// Whose history table is written: the one that is there, or else the layout's.
    ///
    /// # Errors
    /// There is none, and several layouts read the folder alike.
    pub fn dialect(&self) -> Result<&'static dyn Dialect> {
        match &self.recorded {
            Some(recorded) => Ok(recorded.dialect),
            None => only(&self.history),
        }
    }

    /// The versions that the history table holds for failed half-way.
    pub fn failed(&self) -> &[String] {
        self.recorded.as_ref().map_or(&[], |recorded| &recorded.failed)
    }

    /// The history table's name, unquoted.
    pub fn table(&self) -> Option<String> {
        Some(self.recorded.as_ref()?.dialect.table_name())
    }

    /// The revisions whose locked schema it has; nothing where the lock knows no such schema, or there is no lock.
    pub fn recognised(&self) -> Option<Recognised> {
        let lock = &self.lock.as_ref()?.lock;
        lock.recognise(self.schema.fingerprint(), self.schema.server.major())
    }

    /// Whether the lock has a schema of every revision for this major, so that it knows what a revision has.
    pub fn lock_knows_major(&self) -> bool {
        let major = self.schema.server.major();
        let all =
            |file: &LockFile| file.lock.revisions.iter().all(|locked| locked.yields.on(major).is_some());
        self.lock.as_ref().is_some_and(all)
    }

    /// What the journal has of revisions that were begun and not ended. Where a tool alone writes its table, it may have
    /// come to the end all the same: then the table tells.
    pub async fn unfinished(&self, project: &str) -> Result<Vec<Written>> {
        let mut events = journal::unfinished(&self.client, project).await?;
        if !self.recorded.as_ref().is_some_and(|recorded| recorded.dialect.is_written_by_tool()) {
            return Ok(events);
        }
        let is_applied = |version: &str| {
            self.history.position(version).is_some_and(|place| self.applied.places.contains(&place))
        };
        events.retain(|event| {
            let is_down = event.direction.as_deref() == Some(Direction::Down.word());
            event.version.as_deref().is_none_or(|version| is_applied(version) == is_down)
        });
        Ok(events)
    }

    /// What tells the newest applied revision from the others; "" before the first.
    pub fn newest(&self) -> &str {
        self.applied.newest(&self.history).map_or("", Revision::id)
    }

    /// Whether all revisions are applied, and nothing else is.
    pub fn is_head(&self) -> bool {
        let is_clear = self.failed().is_empty() && self.applied.unknown.is_empty();
        is_clear && self.applied.places.len() == self.history.revisions.len()
    }
}

/// Where the journal tells that a run of ours left the mark of a revision that failed half-way, that revision is one to go
/// on with: it is not applied, or, on the way down, not reverted yet.
fn own_mark(recorded: &mut Recorded, applied: &mut Applied, history: &History, unfinished: &[Written]) {
    let Some(event) = unfinished.last() else { return };
    let Some(place) = event.version.as_deref().and_then(|version| history.position(version)) else { return };
    if event.direction.as_deref() == Some(Direction::Down.word()) {
        recorded.failed.clear();
        applied.places.extend(0..=place);
    } else {
        let version = &history.revisions[place].version;
        recorded.failed.retain(|failed| failed != version);
    }
}

/// The history table to make, where none is there: it must be clear whose.
fn only(history: &History) -> Result<&'static dyn Dialect> {
    if history.alternatives.is_empty() {
        return stage::dialect_of(history);
    }
    let layouts: Vec<&str> = std::iter::once(&history.layout).chain(&history.alternatives).copied().collect();
    Err(Fault::new("whose history table the database is to have is not clear")
        .at(Place::file(&history.folder))
        .why(format!("the folder reads alike as {}", layouts.join(", ")))
        .next("name the layout with --layout, or in groundline.toml"))
}

/// Version and name of a revision; of the state before the first, in words.
pub fn label(history: &History, id: &str) -> String {
    match history.position(id) {
        Some(place) => history.revisions[place].label(),
        None if id.is_empty() => "base, before the first revision".to_owned(),
        None => id.to_owned(),
    }
}
