//! Reading the schemas of operands: from a database, from a file, or from a shadow server that is started when the
//! first one needs it.
//! Out: the grammar (`mod`), what needs no server (`written`), how a history or a dump becomes a schema (`pg::yields`).
//! Called by `diff`, `drift` and `identify`.

use super::written::{self, is_json};
use super::{At, Operand};
use crate::args::{ProjectArgs, ServerArgs};
use crate::settings::Project;
use crate::{console, drill};
use futures_util::future::try_join;
use groundline_catalog::{Scope, Snapshot};
use groundline_core::{Fault, Major, Result, ServerVersion, scrub};
use groundline_migrate::history::{History, Revision};
use groundline_migrate::layout;
use groundline_pg::dialect::Dialect;
use groundline_pg::drill::{Drilled, Progress as _, Selection};
use groundline_pg::introspect::{self, Excluded};
use groundline_pg::server::Server;
use groundline_pg::stage::{self, Play};
use groundline_pg::{alembic, client, dialect, yields};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// A schema and what a person calls it.
pub struct Loaded {
    pub name: String,
    pub schema: Snapshot,
    pub history_table: HistoryTable,
}

/// What the history table says that was read beside a schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HistoryTable {
    /// Nobody asked, or there is no database that could have one.
    Unread,
    /// There is none.
    Absent,
    /// The applied versions, oldest first.
    Records(Vec<String>),
}

impl Loaded {
    /// A schema that no history table was read with.
    pub fn alone(name: String, schema: Snapshot) -> Self {
        Self { name, schema, history_table: HistoryTable::Unread }
    }
}

impl HistoryTable {
    fn of(recorded: Option<Vec<String>>) -> Self {
        recorded.map_or(HistoryTable::Absent, HistoryTable::Records)
    }

    /// The applied versions, where they are known.
    pub fn records(&self) -> Option<Vec<String>> {
        match self {
            HistoryTable::Records(versions) => Some(versions.clone()),
            HistoryTable::Unread | HistoryTable::Absent => None,
        }
    }
}

/// Reads operands, one after the other, in one scope and for one major.
pub struct Loader<'a> {
    project: &'a Project,
    server: &'a ServerArgs,
    scope: Scope,
    /// The major that a shadow has to have: that of what was read already.
    major: Option<Major>,
    /// The major of a shadow that nothing else decides on.
    default_major: Option<Major>,
    /// Whether what needs what is read, too.
    with_needs: bool,
    /// Whose history table is read beside the schema of a database.
    dialect: Option<&'static dyn Dialect>,
    shadow: Option<Server>,
}

impl<'a> Loader<'a> {
    /// A loader that has read nothing and started no server.
    pub fn new(project: &'a Project, server: &'a ServerArgs, scope: Scope) -> Self {
        Self {
            project,
            server,
            scope,
            major: None,
            default_major: None,
            with_needs: false,
            dialect: None,
            shadow: None,
        }
    }

    /// What is read says what needs what: for plans of statements.
    pub fn with_needs(self, with_needs: bool) -> Self {
        Self { with_needs, ..self }
    }

    fn excluded(&self) -> Excluded {
        let excluded = Excluded::outside(self.scope.clone());
        if self.with_needs { excluded.with_needs() } else { excluded }
    }

    /// Reads a history table, too, where what it reads is a database.
    pub fn recording(mut self, dialect: &'static dyn Dialect) -> Self {
        self.dialect = Some(dialect);
        self
    }

    /// The shadow is of this major where neither what was read nor the person says another.
    pub fn by_default(mut self, major: Option<Major>) -> Self {
        self.default_major = major;
        self
    }

    /// The shadow has to be of the major of this schema.
    pub fn match_major(&mut self, schema: &Snapshot) {
        self.major = self.major.or(Some(schema.server.major()));
    }

    /// Reads two operands. What a running server or a file says of its major decides which shadow is started.
    pub async fn load_both(&mut self, one: &Operand, other: &Operand) -> Result<(Loaded, Loaded)> {
        if needs_shadow(one) && !needs_shadow(other) {
            let other = self.load(other).await?;
            return Ok((self.load(one).await?, other));
        }
        if let (Operand::Url(one), Operand::Url(other)) = (one, other) {
            match introspect::read_both([one, other], &self.excluded()).await {
                // Where connections are few, one after the other.
                Err(fault) if fault.sqlstate.as_deref() == Some(introspect::TOO_MANY_CONNECTIONS) => {}
                Err(fault) => return Err(fault),
                Ok([first, second]) => {
                    self.match_major(&first);
                    return try_join(self.beside(one, first), self.beside(other, second)).await;
                }
            }
        }
        Ok((self.load(one).await?, self.load(other).await?))
    }

    /// Reads one operand.
    pub async fn load(&mut self, operand: &Operand) -> Result<Loaded> {
        let loaded = match operand {
            Operand::Lock if self.with_needs => {
                Err(without_needs("the lock", "name `migrations`, which is played"))
            }
            Operand::File(file) if self.with_needs && is_json(file) => {
                Err(without_needs("a snapshot as JSON", "name what it was made of"))
            }
            // Each way is large, and only one is gone: on the heap.
            Operand::Url(url) => Box::pin(self.database(url)).await,
            Operand::Project(at) => {
                let project = self.project;
                Box::pin(self.history(project, drill::history(project)?, at)).await
            }
            Operand::Lock => {
                let (name, schema) = written::head(&drill::history(self.project)?, &self.scope)?;
                Ok(Loaded::alone(name, schema))
            }
            Operand::Folder(folder, at) => Box::pin(self.folder(folder, at)).await,
            Operand::File(file) if is_json(file) => written::snapshot(file, &self.scope)
                .map(|schema| Loaded::alone(file.display().to_string(), schema)),
            Operand::File(file) => Box::pin(self.files(file, std::slice::from_ref(file))).await,
            Operand::Models(models) => Box::pin(self.models(models)).await,
        }?;
        self.match_major(&loaded.schema);
        Ok(loaded)
    }

    /// The schema of an empty database, after what the project runs before its first revision.
    pub async fn base(&mut self) -> Result<Snapshot> {
        let before = self.project.config.shadow.before.as_ref();
        let files: Vec<PathBuf> = before.map(|file| self.project.folder.join(file)).into_iter().collect();
        let excluded = self.excluded();
        Ok(yields::of_files(self.shadow().await?, &files, &excluded, None).await?.schema)
    }

    /// The schema that some revisions of a history yield.
    pub async fn replay(
        &mut self,
        project: &Project,
        history: &History,
        revisions: &[Revision],
    ) -> Result<Snapshot> {
        let prelude = drill::prelude(project)?;
        let alembic = drill::alembic(project, history).await?;
        let (scope, with_needs, dialect) = (self.scope.clone(), self.with_needs, stage::dialect_of(history)?);
        let play = Play::new(self.shadow().await?, history, dialect, prelude.as_ref())
            .scoped(scope)
            .with_needs(with_needs)
            .run_by(alembic.as_ref());
        let bar = console::Bar::new("replay");
        bar.begin(revisions.len());
        Box::pin(yields::of_revisions(&play, revisions, &|revision| bar.at(revision))).await
    }

    /// Drills revisions of a history on the shadow.
    pub async fn drill(
        &mut self,
        project: &Project,
        history: &History,
        selection: &Selection,
    ) -> Result<Drilled> {
        let prelude = drill::prelude(project)?;
        let alembic = drill::alembic(project, history).await?;
        let (scope, with_needs, dialect) = (self.scope.clone(), self.with_needs, stage::dialect_of(history)?);
        let play = Play::new(self.shadow().await?, history, dialect, prelude.as_ref())
            .scoped(scope)
            .with_needs(with_needs)
            .run_by(alembic.as_ref());
        Box::pin(groundline_pg::drill::drill(&play, selection, &console::Bar::new("drill"))).await
    }

    /// Stops the shadow, if one was started.
    pub async fn finish(&mut self) -> Result<()> {
        match self.shadow.take() {
            Some(server) => server.stop().await,
            None => Ok(()),
        }
    }

    /// The shadow, which is started where there is none yet.
    ///
    /// # Errors
    /// It is of another major than what was read: it can't show what that would be.
    pub async fn shadow(&mut self) -> Result<&Server> {
        let server = match self.shadow.take() {
            Some(server) => server,
            None => {
                let mut wanted = self.project.wanted_server(self.server)?;
                wanted.major = self.major.or(wanted.major).or(self.default_major);
                Box::pin(Server::start(&wanted, &console::Stderr)).await?
            }
        };
        let server = self.shadow.insert(server);
        match self.major.filter(|major| *major != server.version().major()) {
            Some(major) => Err(other_shadow(server.version(), major)),
            None => Ok(server),
        }
    }

    async fn database(&self, url: &str) -> Result<Loaded> {
        self.beside(url, introspect::read_at(url, &self.excluded()).await?).await
    }

    /// What is read beside the schema of a database.
    async fn beside(&self, url: &str, schema: Snapshot) -> Result<Loaded> {
        let history_table = match self.dialect {
            Some(dialect) => {
                let client = client::connect(url).await?;
                HistoryTable::of(dialect::recorded(&client, dialect).await?)
            }
            None => HistoryTable::Unread,
        };
        Ok(Loaded { name: scrub(url), schema, history_table })
    }

    async fn history(&mut self, project: &Project, history: History, at: &At) -> Result<Loaded> {
        let number = match at {
            At::Head => history.revisions.len(),
            At::Base => 0,
            At::Revision(version) => history.find(version)? + 1,
        };
        let revisions = &history.revisions[..number];
        let place = revisions.last().map_or("base".to_owned(), Revision::label);
        let name = place_name(&history.folder, &place, history.layout);
        let schema = self.replay(project, &history, revisions).await?;
        Ok(Loaded::alone(name, schema))
    }

    async fn folder(&mut self, folder: &Path, at: &At) -> Result<Loaded> {
        if *at == At::Head && folder.join("toc.dat").is_file() {
            return self.files(folder, &[folder.to_owned()]).await;
        }
        if let Some(own) = self.own_history(folder) {
            let project = self.project;
            return self.history(project, own?, at).await;
        }
        let project = Project::open(&ProjectArgs::of_folder(folder))?;
        let found = drill::history(&project);
        let files = sql_files(folder)?;
        match found {
            Err(_) if *at == At::Head && !files.is_empty() => self.files(folder, &files).await,
            found => self.history(&project, found?, at).await,
        }
    }

    /// The project's own history, where a path leads to its folder: its configuration says how to read it.
    fn own_history(&self, folder: &Path) -> Option<Result<History>> {
        let configured = self.project.config.migrations.folder.clone();
        let own = configured.or_else(|| Some(layout::discover(&self.project.folder).ok()?.folder))?;
        let is_same = own.canonicalize().ok()? == folder.canonicalize().ok()?;
        is_same.then(|| drill::history(self.project))
    }

    async fn models(&mut self, models: &str) -> Result<Loaded> {
        let made = made_of_models(self.project, models).await?;
        let loaded = self.files(Path::new(models), &[made.path().to_owned()]).await?;
        Ok(Loaded { name: format!("models:{models}"), ..loaded })
    }

    async fn files(&mut self, named: &Path, files: &[PathBuf]) -> Result<Loaded> {
        let excluded = self.excluded();
        let dialect = self.dialect;
        let yielded = yields::of_files(self.shadow().await?, files, &excluded, dialect).await?;
        yielded.notes.iter().for_each(console::note);
        let history_table = match dialect {
            Some(_) => HistoryTable::of(yielded.recorded),
            None => HistoryTable::Unread,
        };
        Ok(Loaded { name: named.display().to_string(), schema: yielded.schema, history_table })
    }
}

/// The statements that make models, in a file that goes with the value.
pub async fn made_of_models(project: &Project, models: &str) -> Result<NamedTempFile> {
    let sql = alembic::models::statements(&project.folder, &project.config.alembic, models).await?;
    let cannot = |error: std::io::Error| Fault::io("write a temporary file", std::env::temp_dir(), &error);
    let file = tempfile::Builder::new().suffix(".sql").tempfile().map_err(cannot)?;
    std::fs::write(file.path(), sql).map_err(cannot)?;
    Ok(file)
}

/// Refuses to compare schemas that say nothing about each other.
pub fn comparable(one: &Loaded, other: &Loaded) -> Result<()> {
    let majors = [&one.schema, &other.schema].map(|schema| schema.server.major());
    if majors[0] == majors[1] {
        return Ok(());
    }
    Err(Fault::new("schemas of different majors of PostgreSQL can't be compared")
        .why(format!(
            "{} is of PostgreSQL {}, {} of {}; each major prints the same objects in its own way, so there would be \
             differences that are none",
            one.name, one.schema.server, other.name, other.schema.server
        ))
        .next("restore a dump of the one on a server of the other's major, and compare that"))
}

/// What a schema of a folder is called: where in its history, and by what it is known.
pub(super) fn place_name(folder: &Path, place: &str, by: &str) -> String {
    format!("{} at {place} ({by})", folder.strip_prefix(".").unwrap_or(folder).display())
}

/// Without what needs what, statements would come in an order that may not run.
fn without_needs(what: &str, next: &str) -> Fault {
    Fault::new(format!("{what} does not say what needs what, so no statements can be made of it")).next(next)
}

fn other_shadow(shadow: ServerVersion, major: Major) -> Fault {
    Fault::new("schemas of different majors of PostgreSQL can't be compared")
        .why(format!(
            "the shadow is PostgreSQL {shadow}, and what it is compared with is of PostgreSQL {major}"
        ))
        .next(format!("have a shadow of PostgreSQL {major}: see --shadow-url and --allow-other-major"))
}

fn needs_shadow(operand: &Operand) -> bool {
    match operand {
        Operand::Url(_) | Operand::Lock => false,
        Operand::File(file) => !is_json(file),
        Operand::Project(_) | Operand::Folder(..) | Operand::Models(_) => true,
    }
}

/// The SQL files of a folder, by name.
fn sql_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder).map_err(|error| Fault::io("read the folder", folder, &error))?;
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let is_sql = |path: &PathBuf| path.is_file() && path.extension().is_some_and(|end| end == "sql");
    let mut files: Vec<PathBuf> = paths.filter(is_sql).collect();
    files.sort();
    Ok(files)
}
