//! A stage: one shadow database on which a history is played, with its history table and its reader.
//! Out: what is played (`drill`, `run`), and the server (`server`).
//! Called by the drill, the bootstrap and the onboarding.

use crate::alembic::{Alembic, Session};
use crate::client::{self, Client};
use crate::dialect::{self, Dialect};
use crate::introspect::{Excluded, Reader};
use crate::run::{self, Prepared};
use crate::server::{Database, Server};
use groundline_catalog::{Scope, Snapshot};
use groundline_core::{Fault, Place, Result, quote_literal};
use groundline_migrate::history::{Down, History, Revision};
use std::path::Path;

/// What is played, and what it needs beforehand.
pub struct Play<'a> {
    /// The server.
    pub server: &'a Server,
    /// The revisions.
    pub history: &'a History,
    /// Its history table.
    pub dialect: &'a dyn Dialect,
    /// SQL that an empty database needs before the first revision (roles, extensions), and its file.
    pub before: Option<&'a Prelude>,
    /// What runs the revisions, where they are Alembic's.
    pub alembic: Option<&'a Alembic>,
    /// What is left out of every reading of a schema.
    pub excluded: Excluded,
    /// Whether a revision names the history table, so that it may have a trigger on it.
    names_history_table: bool,
}

impl<'a> Play<'a> {
    /// Plays a history on a server.
    pub fn new(
        server: &'a Server,
        history: &'a History,
        dialect: &'a dyn Dialect,
        before: Option<&'a Prelude>,
    ) -> Self {
        let (_, table) = dialect.table();
        let names_history_table = history.revisions.iter().any(|revision| revision.up.sql().contains(table));
        let excluded = Excluded::bookkeeping();
        Self { server, history, dialect, before, alembic: None, excluded, names_history_table }
    }

    /// The same, reading schemas in a scope.
    pub fn scoped(self, scope: Scope) -> Self {
        Self { excluded: Excluded::outside(scope), ..self }
    }

    /// The same, and what is read says what needs what.
    pub fn with_needs(self, with_needs: bool) -> Self {
        let excluded = if with_needs { self.excluded.with_needs() } else { self.excluded };
        Self { excluded, ..self }
    }

    /// The same, run by the project's own Alembic.
    pub fn run_by(self, alembic: Option<&'a Alembic>) -> Self {
        Self { alembic, ..self }
    }

    /// A session of Alembic's on a database, where it runs the revisions.
    pub(crate) async fn session(&self, database: &Database) -> Result<Option<Session>> {
        match self.alembic {
            Some(alembic) => alembic.on(database).await.map(Some),
            None => Ok(None),
        }
    }

    /// What records a revision in the history table, for the transaction of its up.
    pub fn record(&self, revision: &Revision) -> Result<String> {
        self.dialect.record(revision).map(|sql| self.without_triggers(&sql))
    }

    /// What takes a revision out of the history table, for the transaction of its down.
    pub fn forget(&self, revision: &Revision) -> Result<String> {
        let revisions = &self.history.revisions;
        let at = revisions.iter().position(|one| one.version == revision.version);
        let previous = at.and_then(|at| at.checked_sub(1)).map(|previous| &revisions[previous]);
        self.dialect.forget(revision, previous).map(|sql| self.without_triggers(&sql))
    }

    /// Some teams put a trigger on their history table that lets only a tool of their own write it. On a shadow
    /// of ours, where we stand in for that tool, it is disabled. (`session_replication_role` would do, too, but
    /// has the server plan every statement anew.)
    fn without_triggers(&self, sql: &str) -> String {
        if !self.names_history_table || !self.server.is_ours() || sql.is_empty() {
            return sql.to_owned();
        }
        let table = self.dialect.qualified_table();
        let name = quote_literal(&table);
        format!(
            "DO $groundline$ BEGIN IF EXISTS (SELECT FROM pg_catalog.pg_trigger \
             WHERE tgrelid = pg_catalog.to_regclass({name}) AND NOT tgisinternal AND tgenabled <> 'D') \
             THEN ALTER TABLE {table} DISABLE TRIGGER USER; END IF; END $groundline$; {sql}"
        )
    }
}

/// SQL for an empty database before its first revision: one file as a history of one revision, so that it is
/// split, run and blamed as revisions are.
pub struct Prelude(History);

impl Prelude {
    /// Reads the file.
    pub fn read(file: &Path) -> Result<Self> {
        let bytes = std::fs::read(file)
            .map_err(|error| Fault::io("read the SQL for an empty database", file, &error))?;
        let text = String::from_utf8(bytes).map_err(|error| {
            Fault::new("the file is not UTF-8").at(Place::file(file)).why(error.to_string())
        })?;
        Ok(Self(History::of_script(file, text, "before")))
    }
}

/// One database to play on.
pub struct Stage<'a> {
    play: &'a Play<'a>,
    /// The database.
    pub database: Database,
    /// The one connection that plays.
    pub client: Client,
    /// What runs the revisions, where they are Alembic's.
    pub alembic: Option<Session>,
    reader: Reader,
    roles_before: Vec<String>,
}

impl<'a> Stage<'a> {
    /// A new database, with the prelude run and an empty history table.
    pub async fn open(play: &'a Play<'a>, purpose: &str) -> Result<Self> {
        let database = play.server.create_database(purpose).await?;
        let client = database.connect().await?;
        let roles_before = play.server.roles().await?;
        let reader = Reader::new(play.excluded.clone());
        let mut stage = Self { play, database, client, alembic: None, reader, roles_before };
        if let Some(prelude) = play.before {
            for revision in &prelude.0.revisions {
                Prepared::new(&prelude.0, &revision.up).run(&stage.client, "").await?;
            }
            stage.reset_session().await?;
        }
        stage.execute(&play.dialect.create()).await?;
        stage.alembic = play.session(&stage.database).await?;
        Ok(stage)
    }

    /// The schema now. Works inside an open transaction too.
    pub async fn read(&mut self) -> Result<Snapshot> {
        self.reader.read(&self.client).await
    }

    /// Plays the ups of `revisions`, in transactions of their own. The error names the revision.
    pub async fn upgrade(
        &self,
        revisions: &[Revision],
        done: &dyn Fn(&Revision),
    ) -> Result<(), (String, Fault)> {
        run::upgrade(&self.client, self.alembic.as_ref(), self.play, revisions, done).await
    }

    /// Plays one down, in transactions of its own. Returns false where there is none.
    pub async fn downgrade(&self, revision: &Revision) -> Result<bool> {
        let Down::Script(step) = &revision.down else { return Ok(false) };
        if let Some(alembic) = &self.alembic {
            return alembic.step(revision, false).await.map(|()| true);
        }
        let bookkeeping = self.play.forget(revision)?;
        let done = Prepared::new(self.play.history, step).run(&self.client, &bookkeeping).await;
        self.reset_session().await?;
        done.map(|()| true)
    }

    /// The team's own triggers on the history table, which did not fire here (see [`Play::record`]).
    pub async fn history_triggers(&self) -> Result<Vec<String>> {
        let query = "SELECT tgname::text FROM pg_trigger WHERE tgrelid = to_regclass($1) AND NOT tgisinternal ORDER BY 1";
        let rows = self.client.query(query, &[&self.play.dialect.qualified_table()]).await;
        let rows = rows.map_err(|error| client::fault(&error))?;
        Ok(rows.iter().map(|row| row.get(0)).collect())
    }

    /// Puts the session back to what it started with.
    pub async fn reset_session(&self) -> Result<()> {
        self.execute(run::RESET_SESSION).await
    }

    /// Runs SQL of our own.
    pub async fn execute(&self, sql: &str) -> Result<()> {
        self.client.batch_execute(sql).await.map_err(|error| client::fault(&error))
    }

    /// An error if the server or the connection is gone: then nothing that failed says anything about a
    /// revision.
    pub async fn assert_alive(&self) -> Result<()> {
        match self.client.is_closed() {
            false => Ok(()),
            true => self.play.server.assert_alive().await,
        }
    }

    /// Leaves the database as it is, for others.
    pub(crate) async fn leave(self) -> Database {
        let Stage { database, client, alembic, .. } = self;
        if let Some(alembic) = alembic {
            alembic.end().await;
        }
        client.close().await;
        database
    }

    /// Drops the database, and on a server of our own the roles that were made on it: roles belong to the
    /// server, and would be in the way of the next stage.
    pub async fn close(self) -> Result<()> {
        let Stage { play, database, client, alembic, roles_before, .. } = self;
        if let Some(alembic) = alembic {
            alembic.end().await;
        }
        client.close().await;
        play.server.drop_database(database).await?;
        play.server.drop_other_roles(&roles_before).await
    }
}

/// The history table of a layout, or the fault that says which layouts have one.
pub fn dialect_of(history: &History) -> Result<&'static dyn Dialect> {
    dialect::for_layout(history.layout).ok_or_else(|| no_dialect(history.layout))
}

/// The fault for a layout without a history table.
pub fn no_dialect(layout: &str) -> Fault {
    let known: Vec<&str> = dialect::all().iter().map(|dialect| dialect.layout()).collect();
    Fault::new(format!("no history table is known for the layout {layout}"))
        .next(format!("name one of these: {}", known.join(", ")))
}

/// Whose history table may be in a database of a history: that of its layout, and those of layouts that look the same.
pub fn dialects_of(history: &History) -> Vec<&'static dyn Dialect> {
    let layouts = std::iter::once(&history.layout).chain(&history.alternatives);
    layouts.filter_map(|layout| dialect::for_layout(layout)).collect()
}
