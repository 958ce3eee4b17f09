//! The command `check`: the whole discipline on one project, with evidence.
//! Out: the work of each phase (`history`, `contracts`, `locked`, `judged`, `onboarding`, `smoke`), and how evidence is drawn (`evidence`).
//! Called by `main`.

mod contracts;
mod history;
mod judged;
mod locked;
mod onboarding;
mod run;
mod smoke;

pub use run::{FOLDER as EVIDENCE, RUNNING, git, history_digest, lock_digest};

use crate::args::{CheckArgs, Format};
use crate::settings::Project;
use crate::{Exit, console, drill, gate};
use groundline_core::{Fault, Result};
use groundline_evidence::{Outcome, Step, StepId};
use groundline_pg::server::Server;
use groundline_pg::stage::{self, Play};
use run::Run;
use std::path::PathBuf;

/// Runs `check`. What keeps it from measuring anything (no migrations, no server, no such snapshot) leaves no
/// evidence.
pub async fn run(args: CheckArgs) -> Result<Exit> {
    let project = Project::open(&args.project)?;
    let source = snapshot(&project, &args)?;
    let mut run = Run::begin(&project, args.evidence.as_deref())?;
    let discovering = run.clock();
    let found = drill::history(&project)?;
    run.discovered(&found, discovering);
    let prelude = drill::prelude(&project)?;
    let alembic = drill::alembic(&project, &found).await?;
    let starting = run.clock();
    let server = Server::start(&project.wanted_server(&args.server)?, &console::Stderr).await?;
    run.serving(&server, starting);
    let play = Play::new(&server, &found, stage::dialect_of(&found)?, prelude.as_ref())
        .scoped(project.scope(None))
        .run_by(alembic.as_ref());
    let mut ended = phases(&mut run, &project, source.as_ref(), &play).await;
    if let Err(fault) = &mut ended {
        // A server that died explains whatever failed on it.
        if let Err(died) = server.assert_alive().await {
            *fault = died;
        }
        run.broke_off(fault.clone());
    }
    server.stop().await?;
    let gate = run.judged(&project)?;
    let outcome = run.finish(|file| std::fs::read_to_string(file).ok())?;
    match args.format {
        Format::Text => console::data(&outcome.text),
        Format::Json => console::data(&outcome.json),
    }
    if args.format == Format::Text {
        console::data(&format!("{}; groundline gate\n", gate::line(&gate)));
    }
    ended?;
    Ok(if outcome.outcome == Outcome::Passed { Exit::Done } else { Exit::Findings })
}

async fn phases(run: &mut Run, project: &Project, source: Option<&Snapshot>, play: &Play<'_>) -> Result<()> {
    let head = history::bootstrap(run, play).await?;
    contracts::examine(run, project, play)?;
    let drilled = history::drill(run, play).await?;
    locked::compare(run, play, &drilled);
    judged::judge_new(run, project, play, &drilled).await?;
    let onboarded = match source {
        Some(source) => onboarding::onboard(run, play, source, &drilled, head.as_ref()).await?,
        None => {
            let reason = "no snapshot was given: --snapshot FILE, --snapshot-url URL, or [snapshot] in groundline.toml";
            run.not_run(onboarding::STEPS, reason);
            None
        }
    };
    match (&project.config.app, &head) {
        (None, _) => run.not_run(smoke::STEPS, "no application is configured: [app] in groundline.toml"),
        (Some(_), None) => run.not_run(smoke::STEPS, "the history does not reach head"),
        (Some(app), Some(head)) => smoke::smoke(run, project, play, app, head, onboarded).await?,
    }
    Ok(())
}

/// Where an existing database comes from.
enum Snapshot {
    File { path: PathBuf, name: String },
    Url(String),
}

fn snapshot(project: &Project, args: &CheckArgs) -> Result<Option<Snapshot>> {
    let named = |path: PathBuf| {
        let name = path.display().to_string();
        match path.exists() {
            true => Ok(Some(Snapshot::File { path, name })),
            false => Err(Fault::new("no such snapshot").at(groundline_core::Place::file(path))),
        }
    };
    match (&args.snapshot, &args.snapshot_url, &project.config.snapshot.file) {
        (Some(path), _, _) => named(path.clone()),
        (None, Some(url), _) => Ok(Some(Snapshot::Url(url.clone()))),
        (None, None, Some(path)) => named(project.folder.join(path)),
        (None, None, None) => Ok(None),
    }
}

/// A step that failed with one fault.
fn failed(id: StepId, summary: impl Into<String>, fault: Fault) -> Step {
    Step::failed(id, summary, vec![fault])
}
