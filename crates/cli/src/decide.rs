//! The command `decide`: the facts of the last run, and the way to go on by the tree.
//! Out: the tree (`gate::decide`).
//! Called by `main`.

use crate::args::{Format, InProject, ServerArgs};
use crate::settings::Project;
use crate::{Exit, backup, console, drill};
use clap::{Args, ValueEnum};
use groundline_core::{Fault, Result};
use groundline_evidence::{count, duration, json_text};
use groundline_gate::decide::{self, Asked, BackupFacts, Facts, Way};
use groundline_migrate::history::{Down, History, Revision};
use groundline_migrate::outcome::Verdict;
use groundline_pg::backup::{self as kept, Verified};
use groundline_pg::client;
use groundline_pg::drill::Selection;
use groundline_pg::journal::{self, EventKind, Written};
use groundline_pg::meeting::{Whereabouts, whereabouts};
use groundline_pg::server::{Database, Server};
use groundline_pg::stage::{self, Play};
use groundline_sql::{Script, destructive};
use jiff::Timestamp;
use serde::Serialize;
use std::fmt::Write as _;

#[derive(Debug, Args)]
pub struct DecideArgs {
    /// The database.
    #[arg(
        long,
        value_name = "URL",
        env = "DATABASE_URL",
        hide_env_values = true,
        required_unless_present = "page"
    )]
    pub url: Option<String>,
    /// Whether the application that runs now works with the schema as it is.
    #[arg(long, value_enum, default_value_t = Answer::No)]
    pub app_works: Answer,
    /// Whether rows were written since the run. Who does not know says yes.
    #[arg(long, value_enum, default_value_t = Answer::Yes)]
    pub written_since: Answer,
    /// Show the questions that led there.
    #[arg(long)]
    pub explain: bool,
    /// Print the page of the tree, with its diagram, and do nothing else.
    #[arg(long)]
    pub page: bool,
    #[command(flatten)]
    pub project: InProject,
    #[command(flatten)]
    pub server: ServerArgs,
    /// Form of the output.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// What only a person knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Answer {
    Yes,
    No,
}

/// For `--format json`.
#[derive(Serialize)]
struct Decision<'a> {
    /// 1 at the time of writing.
    decision_version: u32,
    facts: &'a Facts,
    path: &'a [Asked],
    way: &'a Way,
    commands: Vec<String>,
}

/// Runs `decide`.
pub async fn run(args: DecideArgs) -> Result<Exit> {
    let Some(url) = args.url.as_ref().filter(|_| !args.page) else {
        console::data(&decide::page());
        return Ok(Exit::Done);
    };
    let project = Project::open(&args.project.args())?;
    let facts = facts(&args, &project, url).await?;
    let (way, path) = decide::decide(&facts);
    let name = Database::at(url)?.name;
    let fill = |command: &&str| {
        let backup = facts.backup.as_ref().map_or("BACKUP", |backup| backup.id.as_str());
        let command = command.replace("{backup}", backup).replace("NAME", &name);
        command.replace("{count}", &facts.committed.len().to_string())
    };
    let commands: Vec<String> = way.commands.iter().map(fill).collect();
    console::data(&match args.format {
        Format::Json => {
            json_text(&Decision { decision_version: 1, facts: &facts, path: &path, way, commands })?
        }
        Format::Text => text(&facts, (way, &commands), args.explain.then_some(&path[..])),
    });
    Ok(Exit::Done)
}

fn text(facts: &Facts, (way, commands): (&Way, &[String]), path: Option<&[Asked]>) -> String {
    let mut text = String::new();
    // Writing to a string does not fail.
    for asked in path.unwrap_or_default() {
        let _ = writeln!(text, "{} {}", asked.question, if asked.answer { "yes" } else { "no" });
    }
    if path.is_some() {
        let _ = writeln!(text);
    }
    let _ = writeln!(text, "{}\n  {}", way.title, way.why);
    if !facts.committed.is_empty() {
        let _ = writeln!(text, "  committed: {}", facts.committed.join(", "));
    }
    for lost in &facts.lost {
        let _ = writeln!(text, "  lost data: {lost}");
    }
    for command in commands {
        let _ = writeln!(text, "    {command}");
    }
    let _ = writeln!(text, "  what is lost: {}", way.loses);
    if let Some(backup) = &facts.backup {
        let took = duration(backup.restore_milliseconds);
        let age = count((backup.age_seconds / 60) as usize, "minute");
        let _ = writeln!(text, "  the backup {} is {age} old; its trial restore took {took}", backup.id);
    }
    text
}

async fn facts(args: &DecideArgs, project: &Project, url: &str) -> Result<Facts> {
    let history = drill::history(project)?;
    let client = client::connect(url).await?;
    let events = journal::events(&client, &project.name()).await?;
    let unfinished = journal::unfinished(&client, &project.name()).await?;
    let Some(begun) = events.iter().rfind(|event| event.kind() == Some(EventKind::RunBegun)) else {
        return Ok(Facts::default());
    };
    let of_run: Vec<&Written> = events.iter().filter(|event| event.run == begun.run).collect();
    let is = |kind: EventKind| of_run.iter().any(|event| event.kind() == Some(kind));
    let applied = of_run.iter().filter(|event| event.kind() == Some(EventKind::RevisionApplied));
    let committed: Vec<String> = applied.filter_map(|event| event.version.clone()).collect();
    let revisions: Vec<&Revision> =
        history.revisions.iter().filter(|one| committed.iter().any(|id| id == one.id())).collect();
    let lost = revisions.iter().flat_map(|one| losing(one.id(), one.up.sql())).collect();
    let downs = revisions.iter().filter_map(|one| match &one.down {
        Down::Script(step) => Some(losing(one.id(), step.sql())),
        _ => None,
    });
    Ok(Facts {
        ran: true,
        failed: !is(EventKind::RunEnded),
        app_works: args.app_works == Answer::Yes,
        unfinished: !unfinished.is_empty(),
        lost,
        downs_lose: downs.flatten().collect(),
        downs_restore: restore(args, project, &history, &revisions).await?,
        written_since: args.written_since == Answer::Yes,
        backup: backup(project, &whereabouts(&client).await?, &of_run)?,
        point_in_time: project.config.backup.point_in_time,
        committed,
    })
}

/// The statements of a script that lose data.
fn losing(revision: &str, sql: &str) -> Vec<String> {
    let statements = Script::parse(sql).statements;
    let lost = statements.iter().filter_map(|one| destructive(&sql[one.span.range()]));
    lost.map(|what| format!("{what} in {revision}")).collect()
}

/// Whether the downs of some revisions restore the schema, on a shadow.
async fn restore(
    args: &DecideArgs,
    project: &Project,
    history: &History,
    revisions: &[&Revision],
) -> Result<bool> {
    if revisions.is_empty() {
        return Ok(false);
    }
    let prelude = drill::prelude(project)?;
    let alembic = drill::alembic(project, history).await?;
    let server = Server::start(&project.wanted_server(&args.server)?, &console::Stderr).await?;
    let play = Play::new(&server, history, stage::dialect_of(history)?, prelude.as_ref())
        .scoped(project.scope(None))
        .run_by(alembic.as_ref());
    let mut all = true;
    for revision in revisions {
        let only = Selection::Only(revision.version.clone());
        let drilled = groundline_pg::drill::drill(&play, &only, &console::Bar::new("drill")).await?;
        let restores = |verdict: Verdict| matches!(verdict, Verdict::Exact | Verdict::OrderOnly);
        all &= drilled.report.revisions.iter().all(|drill| restores(drill.verdict));
    }
    server.stop().await?;
    Ok(all)
}

/// The newest verified backup that is from before the run.
fn backup(project: &Project, place: &Whereabouts, of_run: &[&Written]) -> Result<Option<BackupFacts>> {
    let Some(begun) = of_run.first() else { return Ok(None) };
    let unreadable =
        |error: jiff::Error| Fault::new("the journal's time can't be read").why(error.to_string());
    let begun: Timestamp = begun.at.parse().map_err(unreadable)?;
    let before = |one: &&kept::Kept| {
        let good = one.verified.as_ref().is_some_and(Verified::is_good);
        good && one.is_of(place) && one.backup.started.parse::<Timestamp>().is_ok_and(|at| at <= begun)
    };
    let all = kept::list(&backup::folder(project))?;
    // One database is restored without the others: a dump is the first choice.
    let newest = |physical: bool| all.iter().rev().filter(|one| one.is_physical() == physical).find(before);
    let Some(found) = newest(false).or_else(|| newest(true)) else { return Ok(None) };
    let started: Timestamp = found.backup.started.parse().unwrap_or(begun);
    Ok(Some(BackupFacts {
        id: found.backup.id.clone(),
        age_seconds: Timestamp::now().duration_since(started).as_secs(),
        restore_milliseconds: found.verified.as_ref().map_or(0, |verified| verified.restore_milliseconds),
        physical: found.is_physical(),
    }))
}
