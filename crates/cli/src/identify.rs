//! The command `identify`: which revision a database or a dump is, by its schema.
//! Out: reading and restoring (`pg`), what a fingerprint is of (`migrate::lock`), the drawing (`evidence`).

use crate::args::{Format, IdentifyArgs};
use crate::settings::Project;
use crate::{Exit, console, drill};
use groundline_catalog::Snapshot;
use groundline_core::{Fault, Major, Place, Result, scrub};
use groundline_evidence::{Identity, render_identity};
use groundline_migrate::history::History;
use groundline_migrate::lock::{LOCK_FILE, LockFile, LockSeverity, Recognised, verify};
use groundline_migrate::outcome::Identification;
use groundline_pg::introspect::{self, Excluded};
use groundline_pg::server::Server;
use groundline_pg::stage::{self, Play, Prelude};
use groundline_pg::{blame, client, dialect, onboard, replay};
use std::path::PathBuf;

/// Runs `identify`. A database at a URL is only read. A server is started only for a dump, and where the lock does
/// not know the schema.
pub async fn run(args: IdentifyArgs) -> Result<Exit> {
    let project = Project::open(&args.history.of_folder(args.folder.clone()))?;
    let history = drill::history(&project)?;
    let asked = Asked {
        lock: LockFile::load(&history.folder)?,
        prelude: drill::prelude(&project)?,
        project: &project,
        history: &history,
        args: &args,
    };
    let (known_by, found) = match target(&args.target)? {
        Target::Url(url) => asked.at_url(&url).await?,
        Target::File(file) => asked.in_file(&file).await?,
    };
    if asked.lock.as_ref().is_some_and(|lock| is_behind(lock, &history)) {
        let note =
            Fault::new(format!("{LOCK_FILE} is not what the files are")).at(Place::file(&history.folder));
        console::note(&note.next("see `groundline lock --verify`"));
    }
    let agrees = found.agrees(&history).filter(|_| !found.exact.is_empty());
    let identity = Identity { database: scrub(&args.target), known_by, found, agrees };
    match args.format {
        Format::Json => console::data(&groundline_evidence::json_text(&identity)?),
        Format::Text => console::data(&render_identity(&identity, &history, console::look())),
    }
    let is_clear = !identity.found.exact.is_empty() && identity.agrees != Some(false);
    Ok(if is_clear { Exit::Done } else { Exit::Findings })
}

fn is_behind(lock: &LockFile, history: &History) -> bool {
    verify(lock, history).iter().any(|finding| finding.severity > LockSeverity::Told)
}

enum Target {
    Url(String),
    File(PathBuf),
}

fn target(text: &str) -> Result<Target> {
    let path = PathBuf::from(text);
    match path.exists() {
        true => Ok(Target::File(path)),
        false if text.contains("://") || text.contains('=') => Ok(Target::Url(text.to_owned())),
        false => Err(Fault::new("no such file").at(Place::file(path)).next("give a dump, or a URL")),
    }
}

/// What it is known by, and what was found.
type Answer = (String, Identification);

struct Asked<'a> {
    lock: Option<LockFile>,
    prelude: Option<Prelude>,
    project: &'a Project,
    history: &'a History,
    args: &'a IdentifyArgs,
}

impl Asked<'_> {
    async fn at_url(&self, url: &str) -> Result<Answer> {
        let client = client::connect(url).await?;
        let schema = introspect::read(&client, &Excluded::outside(self.project.scope(None))).await?;
        let recorded = dialect::recorded(&client, stage::dialect_of(self.history)?).await?;
        client.close().await;
        if let Some(answer) = self.by_lock(&schema, recorded.as_ref()) {
            return Ok(answer);
        }
        let server = self.server(Some(schema.server.major())).await?;
        let answer = self.by_history(&self.play(&server)?, &schema, recorded).await;
        server.stop().await?;
        answer
    }

    async fn in_file(&self, file: &std::path::Path) -> Result<Answer> {
        let server = self.server(None).await?;
        let answer = self.restored(&self.play(&server)?, file).await;
        server.stop().await?;
        answer
    }

    async fn restored(&self, play: &Play<'_>, file: &std::path::Path) -> Result<Answer> {
        let onboard::Restoration { database, schema, recorded, .. } = onboard::restore(play, file).await?;
        play.server.drop_database(database).await?;
        match self.by_lock(&schema, recorded.as_ref()) {
            Some(answer) => Ok(answer),
            None => self.by_history(play, &schema, recorded).await,
        }
    }

    /// The answer of the lock, where it knows the schema.
    fn by_lock(&self, schema: &Snapshot, recorded: Option<&Vec<String>>) -> Option<Answer> {
        let lock = &self.lock.as_ref()?.lock;
        let Recognised { revisions, order_only } =
            lock.recognise(schema.fingerprint(), schema.server.major())?;
        let known_by = format!("{LOCK_FILE}, on PostgreSQL {}", schema.server);
        let recorded = recorded.cloned();
        Some((known_by, Identification { exact: revisions, order_only, recorded, nearest: Vec::new() }))
    }

    /// The answer of the history, played on a shadow.
    async fn by_history(
        &self,
        play: &Play<'_>,
        schema: &Snapshot,
        recorded: Option<Vec<String>>,
    ) -> Result<Answer> {
        let (here, there) = (play.server.version(), schema.server);
        if here.major() != there.major() {
            return Err(Fault::new("schemas of two majors can't be compared")
                .why(format!("the database is on PostgreSQL {there}, the shadow is PostgreSQL {here}"))
                .next(format!("leave out --postgres, or give --postgres {}", there.major())));
        }
        let replayed = replay::replay(play, &console::Bar::new("identify")).await?;
        if let Some(fault) = &replayed.stopped {
            console::fault(fault);
        }
        let mut yields = vec![(String::new(), replayed.empty)];
        yields.extend(replayed.yields);
        let mut found = onboard::identify(schema, recorded, &yields, self.args.nearest);
        if let Some(nearest) = found.nearest.first_mut() {
            blame::blame(play, nearest, &yields).await?;
        }
        let played = match replayed.stopped {
            None => "the history".to_owned(),
            Some(_) => format!("the history up to {}", yields.last().map_or("", |(id, _)| id)),
        };
        Ok((format!("{played}, played on PostgreSQL {here}"), found))
    }

    fn play<'s>(&'s self, server: &'s Server) -> Result<Play<'s>> {
        let play = Play::new(server, self.history, stage::dialect_of(self.history)?, self.prelude.as_ref());
        Ok(play.scoped(self.project.scope(None)))
    }

    /// A shadow: of the database's major, or else of the one that is asked for, configured or locked.
    async fn server(&self, major: Option<Major>) -> Result<Server> {
        let mut wanted = self.project.wanted_server(&self.args.server)?;
        let locked = self.lock.as_ref().and_then(|lock| lock.lock.schema_major);
        wanted.major = self.args.server.major.or(major).or(wanted.major).or(locked);
        Server::start(&wanted, &console::Stderr).await
    }
}
