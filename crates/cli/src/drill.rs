//! The command `drill`.
//! Out: the drill itself (`pg::drill`), and how its report is drawn (`evidence`).

use crate::args::{DrillArgs, Format};
use crate::settings::{MigrationsConfig, Project};
use crate::{Exit, console};
use groundline_core::Result;
use groundline_evidence::{Excerpt, render_drill};
use groundline_migrate::history::History;
use groundline_migrate::layout;
use groundline_migrate::outcome::{DrillReport, Verdict};
use groundline_pg::alembic::Alembic;
use groundline_pg::drill::{self, Selection};
use groundline_pg::server::Server;
use groundline_pg::stage::{self, Play, Prelude};
use std::path::Path;
use std::sync::Once;

/// Which Alembic it is, is said once.
static TOLD: Once = Once::new();

/// Runs `drill`.
pub async fn run(args: DrillArgs) -> Result<Exit> {
    let project = Project::open(&args.project)?;
    let history = history(&project)?;
    let prelude = prelude(&project)?;
    let alembic = alembic(&project, &history).await?;
    let server = Server::start(&project.wanted_server(&args.server)?, &console::Stderr).await?;
    let play = Play::new(&server, &history, stage::dialect_of(&history)?, prelude.as_ref())
        .scoped(project.scope(None))
        .run_by(alembic.as_ref());
    let selection = match (args.revision, args.newest) {
        (Some(version), _) => Selection::Only(version),
        (None, Some(count)) => Selection::Newest(count),
        (None, None) => Selection::All,
    };
    let drilled = drill::drill(&play, &selection, &console::Bar::new("drill")).await;
    server.stop().await?;
    let drilled = drilled?;
    console::say_scope(std::iter::once(&drilled.base).chain(drilled.yields.iter().map(|(_, schema)| schema)));
    let report = drilled.report;
    match args.format {
        Format::Json => console::data(&groundline_evidence::json_text(&report)?),
        Format::Text => console::data(&text(&report)),
    }
    Ok(if is_clean(&report) { Exit::Done } else { Exit::Findings })
}

fn text(report: &DrillReport) -> String {
    let errors = report.revisions.iter().flat_map(|drill| drill.error.iter().chain(&drill.notes));
    let excerpts = Excerpt::of_faults(errors, |path| std::fs::read_to_string(path).ok());
    render_drill(report, &excerpts, "see --format json", console::look())
}

/// The project's history, named by its configuration or found.
pub fn history(project: &Project) -> Result<History> {
    history_of(&project.folder, &project.config.migrations)
}

/// The same, read by another thread from now on, while a server is asked something.
pub fn history_meanwhile(project: &Project) -> impl Future<Output = Result<History>> + use<> {
    let (folder, migrations) = (project.folder.clone(), project.config.migrations.clone());
    let reads = tokio::task::spawn_blocking(move || history_of(&folder, &migrations));
    async { reads.await.unwrap_or_else(|panicked| std::panic::resume_unwind(panicked.into_panic())) }
}

fn history_of(project: &Path, migrations: &MigrationsConfig) -> Result<History> {
    match &migrations.folder {
        Some(folder) => layout::read(folder, migrations.layout.as_deref()),
        None => layout::discover(project)?.read(migrations.layout.as_deref()),
    }
}

/// The SQL that the project runs before the first revision.
pub fn prelude(project: &Project) -> Result<Option<Prelude>> {
    let file = project.config.shadow.before.as_ref();
    file.map(|file| Prelude::read(&project.folder.join(file))).transpose()
}

/// The project's own Alembic, where it runs the revisions.
pub async fn alembic(project: &Project, history: &History) -> Result<Option<Alembic>> {
    if history.layout != "alembic" {
        return Ok(None);
    }
    let alembic = Alembic::find(&project.folder, history, project.config.alembic.clone()).await?;
    TOLD.call_once(|| console::say(&alembic.told()));
    Ok(Some(alembic))
}

/// Whether every down that there is restores its schema, and the chain, where it has all downs, too.
pub fn is_clean(report: &DrillReport) -> bool {
    let chain = report.chain.iter().map(|chain| chain.verdict);
    report.revisions.iter().map(|drill| drill.verdict).chain(chain).all(Verdict::is_clean)
}
