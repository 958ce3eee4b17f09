//! The command `identify`: which revision a database, or whatever has a schema, is by that schema.
//! Out: reading it (`operand`), what a fingerprint is of (`migrate::lock`), the nearest revisions (`pg`), the drawing
//! (`evidence`). Those that stamp a database ask `find`, too.

use crate::args::{Format, IdentifyArgs, ServerArgs};
use crate::operand::{HistoryTable, Loaded, Loader, Operand};
use crate::settings::Project;
use crate::{Exit, console, drill, locked};
use groundline_catalog::Scope;
use groundline_core::Result;
use groundline_evidence::{Identity, json_text, render_identity};
use groundline_migrate::history::History;
use groundline_migrate::lock::{LOCK_FILE, LockFile, Recognised};
use groundline_migrate::outcome::Identification;
use groundline_pg::stage::{self, Play, Prelude};
use groundline_pg::{blame, onboard, replay};

/// Runs `identify`. A database at a URL is only read. A server is started only for what has to be played to be read,
/// and where the lock does not know the schema.
pub async fn run(args: IdentifyArgs) -> Result<Exit> {
    let project = Project::open(&args.project.args())?;
    let history = drill::history(&project)?;
    let scope = project.scope(args.scope.profile);
    let identity = find(&args.target, (&project, &history), &args.server, scope, args.nearest).await?;
    match args.format {
        Format::Json => console::data(&json_text(&identity)?),
        Format::Text => console::data(&render_identity(&identity, &history, console::look())),
    }
    let is_clear = !identity.found.exact.is_empty() && identity.agrees != Some(false);
    Ok(if is_clear { Exit::Done } else { Exit::Findings })
}

/// Which revision something is, by its schema; where it is none, the nearest ones.
pub async fn find(
    target: &str,
    (project, history): (&Project, &History),
    server: &ServerArgs,
    scope: Scope,
    nearest: usize,
) -> Result<Identity> {
    let operand = Operand::parse(target)?;
    let file = LockFile::load(&history.folder)?;
    let mut loader = Loader::new(project, server, scope.clone())
        .recording(stage::dialect_of(history)?)
        .by_default(file.as_ref().and_then(|file| file.lock.schema_major));
    let lock = locked::in_scope(file, &scope);
    let asked = Asked { lock, prelude: drill::prelude(project)?, project, history, scope, nearest };
    let found = asked.find(&mut loader, &operand).await;
    loader.finish().await?;
    let (loaded, Answer { known_by, found }) = found?;
    if let Some(file) = asked.lock.as_ref().filter(|_| operand != Operand::Lock) {
        locked::note_if_behind(file, history);
    }
    console::say_scope([&loaded.schema]);
    let agrees = found.agrees(history).filter(|_| !found.exact.is_empty());
    let is_database = loaded.history_table != HistoryTable::Unread;
    Ok(Identity { database: loaded.name, is_database, known_by, found, agrees })
}

struct Answer {
    known_by: String,
    found: Identification,
}

struct Asked<'a> {
    lock: Option<LockFile>,
    prelude: Option<Prelude>,
    project: &'a Project,
    history: &'a History,
    scope: Scope,
    nearest: usize,
}

impl Asked<'_> {
    async fn find(&self, loader: &mut Loader<'_>, operand: &Operand) -> Result<(Loaded, Answer)> {
        let loaded = loader.load(operand).await?;
        let answer = match self.by_lock(&loaded) {
            Some(answer) => answer,
            None => self.by_history(loader, &loaded).await?,
        };
        Ok((loaded, answer))
    }

    /// The answer of the lock, where it knows the schema.
    fn by_lock(&self, Loaded { schema, history_table, .. }: &Loaded) -> Option<Answer> {
        let lock = &self.lock.as_ref()?.lock;
        let Recognised { revisions, order_only } =
            lock.recognise(schema.fingerprint(), schema.server.major())?;
        let recorded = self.recorded(history_table);
        Some(Answer {
            known_by: format!("{LOCK_FILE}, on PostgreSQL {}", schema.server),
            found: Identification { exact: revisions, order_only, recorded, nearest: Vec::new() },
        })
    }

    fn recorded(&self, table: &HistoryTable) -> Option<Vec<String>> {
        table.records().map(|versions| self.history.in_order(versions))
    }

    /// The answer of the history, played on a shadow.
    async fn by_history(&self, loader: &mut Loader<'_>, loaded: &Loaded) -> Result<Answer> {
        let alembic = drill::alembic(self.project, self.history).await?;
        let (server, dialect) = (loader.shadow().await?, stage::dialect_of(self.history)?);
        let play = Play::new(server, self.history, dialect, self.prelude.as_ref())
            .scoped(self.scope.clone())
            .run_by(alembic.as_ref());
        let replayed = replay::replay(&play, &console::Bar::new("identify")).await?;
        if let Some(fault) = &replayed.stopped {
            console::fault(fault);
        }
        let mut yields = vec![(String::new(), replayed.empty)];
        yields.extend(replayed.yields);
        let recorded = self.recorded(&loaded.history_table);
        let mut found = onboard::identify(&loaded.schema, recorded, &yields, self.nearest);
        if let Some(nearest) = found.nearest.first_mut() {
            blame::blame(&play, nearest, &yields).await?;
        }
        let played = match replayed.stopped {
            None => "the history".to_owned(),
            Some(_) => format!("the history up to {}", yields.last().map_or("", |(id, _)| id)),
        };
        Ok(Answer { known_by: format!("{played}, played on PostgreSQL {}", server.version()), found })
    }
}
