//! Reading the schemas of operands: from a database, from a file, or from a shadow server that is started when the
//! first one needs it.
//! Out: the grammar (`mod`), and how a history or a dump becomes a schema (`pg::yields`).
//! Called by `diff` and `drift`.

use super::{At, Operand};
use crate::args::{ProjectArgs, ServerArgs};
use crate::settings::Project;
use crate::{console, drill};
use groundline_catalog::{Scope, Snapshot};
use groundline_core::{Fault, Major, Place, Result, scrub};
use groundline_migrate::history::{History, Revision};
use groundline_migrate::layout;
use groundline_pg::drill::Progress as _;
use groundline_pg::introspect::{self, Excluded};
use groundline_pg::server::Server;
use groundline_pg::stage::{self, Play};
use groundline_pg::{client, yields};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// A schema and what a person calls it.
pub struct Loaded {
    pub name: String,
    pub schema: Snapshot,
}

/// Reads operands, one after the other, in one scope and for one major.
pub struct Loader<'a> {
    project: &'a Project,
    server: &'a ServerArgs,
    scope: Scope,
    /// The major that a shadow has to have: that of what was read already.
    major: Option<Major>,
    shadow: Option<Server>,
}

impl<'a> Loader<'a> {
    /// A loader that has read nothing and started no server.
    pub fn new(project: &'a Project, server: &'a ServerArgs, scope: Scope) -> Self {
        Self { project, server, scope, major: None, shadow: None }
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
        Ok((self.load(one).await?, self.load(other).await?))
    }

    /// Reads one operand.
    pub async fn load(&mut self, operand: &Operand) -> Result<Loaded> {
        let loaded = match operand {
            Operand::Url(url) => self.database(url).await,
            Operand::Project(at) => {
                let project = self.project;
                self.history(project, drill::history(project)?, at).await
            }
            Operand::Folder(folder, at) => self.folder(folder, at).await,
            Operand::File(file) if is_json(file) => self.snapshot(file),
            Operand::File(file) => self.files(file, std::slice::from_ref(file)).await,
        }?;
        self.match_major(&loaded.schema);
        Ok(loaded)
    }

    /// The schema that some revisions of a history yield.
    pub async fn replay(
        &mut self,
        project: &Project,
        history: &History,
        revisions: &[Revision],
    ) -> Result<Snapshot> {
        let prelude = drill::prelude(project)?;
        let (scope, dialect) = (self.scope.clone(), stage::dialect_of(history)?);
        let play = Play::new(self.shadow().await?, history, dialect, prelude.as_ref()).scoped(scope);
        let bar = console::Bar::new("replay");
        bar.begin(revisions.len());
        yields::of_revisions(&play, revisions, &|revision| bar.at(revision)).await
    }

    /// Stops the shadow, if one was started.
    pub async fn finish(&mut self) -> Result<()> {
        match self.shadow.take() {
            Some(server) => server.stop().await,
            None => Ok(()),
        }
    }

    async fn shadow(&mut self) -> Result<&Server> {
        let server = match self.shadow.take() {
            Some(server) => server,
            None => {
                let mut wanted = self.project.wanted_server(self.server)?;
                wanted.major = self.major.or(wanted.major);
                Server::start(&wanted, &console::Stderr).await?
            }
        };
        Ok(self.shadow.insert(server))
    }

    async fn database(&self, url: &str) -> Result<Loaded> {
        let client = client::connect(url).await?;
        let schema = introspect::read(&client, &Excluded::outside(self.scope.clone())).await?;
        Ok(Loaded { name: scrub(url), schema })
    }

    async fn history(&mut self, project: &Project, history: History, at: &At) -> Result<Loaded> {
        let number = match at {
            At::Head => history.revisions.len(),
            At::Base => 0,
            At::Revision(version) => history.find(version)? + 1,
        };
        let revisions = &history.revisions[..number];
        let place = revisions.last().map_or("base".to_owned(), Revision::label);
        let folder = history.folder.strip_prefix(".").unwrap_or(&history.folder);
        let name = format!("{} at {place} ({})", folder.display(), history.layout);
        let schema = self.replay(project, &history, revisions).await?;
        Ok(Loaded { name, schema })
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

    async fn files(&mut self, named: &Path, files: &[PathBuf]) -> Result<Loaded> {
        let excluded = Excluded::outside(self.scope.clone());
        let (schema, notes) = yields::of_files(self.shadow().await?, files, &excluded).await?;
        notes.iter().for_each(console::note);
        Ok(Loaded { name: named.display().to_string(), schema })
    }

    fn snapshot(&self, file: &Path) -> Result<Loaded> {
        let text = std::fs::read_to_string(file);
        let text = text.map_err(|error| Fault::io("read the snapshot", file, &error))?;
        let malformed = |error: serde_json::Error| {
            Fault::new("the file is not a snapshot of a schema")
                .at(Place::file(file))
                .why(error.to_string())
                .next("`groundline fingerprint --format json URL > FILE` makes one")
        };
        let mut value: Value = serde_json::from_str(&text).map_err(malformed)?;
        // As `fingerprint` prints it, or alone.
        let inner = value.get_mut("snapshot").map(Value::take).unwrap_or(value);
        let schema: Snapshot = serde_json::from_value(inner).map_err(malformed)?;
        let schema = self.scope.adopt(schema).map_err(|scope| {
            Fault::new("the snapshot was taken in another scope")
                .at(Place::file(file))
                .why(format!(
                    "it is in the scope {scope}, and wanted is {}: objects that one has are not in the other",
                    self.scope.name()
                ))
                .next("take it anew with the same --profile and the same [catalog] in groundline.toml")
        })?;
        Ok(Loaded { name: file.display().to_string(), schema })
    }
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

fn needs_shadow(operand: &Operand) -> bool {
    match operand {
        Operand::Url(_) => false,
        Operand::File(file) => !is_json(file),
        Operand::Project(_) | Operand::Folder(..) => true,
    }
}

/// Whether a file's text begins as JSON does; no SQL and no dump begins so.
fn is_json(file: &Path) -> bool {
    use std::io::Read as _;
    let mut start = [0; 64];
    let read = std::fs::File::open(file).and_then(|mut file| file.read(&mut start));
    let text = read.map(|length| start[..length].trim_ascii_start().to_vec());
    text.is_ok_and(|text| text.starts_with(b"{"))
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
