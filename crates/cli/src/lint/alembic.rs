//! Alembic's revisions, judged by the SQL that they have executed on a shadow; a finding has the line of the revision's file.
//! Out: revisions that are SQL (`revisions`), running Alembic (`pg::alembic`). Called by `lint`, `trace` and `check`.

use super::args::LintArgs;
use super::{ask_rows, asked, has_down, observe, settings, stats};
use crate::operand::Loader;
use crate::settings::Project;
use crate::{console, drill};
use groundline_catalog::Snapshot;
use groundline_core::{Fault, LineIndex, Place, Position, Result};
use groundline_evidence::LintReport;
use groundline_lint::{Finding, Schema, Settings, Verdict, judge};
use groundline_migrate::history::{History, Revision};
use groundline_pg::alembic::{Executed, Rendered, rendered};
use groundline_pg::server::Server;
use groundline_pg::stage::{self, Play};
use groundline_pg::trace::{Ground, Trace, Tracer};
use groundline_sql::Script;

/// Statements of a revision, each with its line.
pub type Made = Vec<(String, usize)>;

/// Judges the chosen revisions.
pub async fn judged(
    project: &Project,
    args: &LintArgs,
    history: &History,
    (chosen, first): (&[bool], usize),
    traces: bool,
    loader: &mut Loader<'_>,
) -> Result<LintReport> {
    let (before, rest) = history.revisions.split_at(first);
    let prelude = drill::prelude(project)?;
    let alembic = drill::alembic(project, history).await?;
    let server = loader.shadow().await?;
    let play = Play::new(server, history, stage::dialect_of(history)?, prelude.as_ref())
        .scoped(project.scope(None))
        .with_needs(true)
        .run_by(alembic.as_ref());
    let all = Box::pin(rendered(&play, before, rest)).await?;
    let place = before.last().map_or("an empty database".to_owned(), Revision::label);
    let mut report = LintReport::new(server.version().major().number(), Some(place));
    let data = asked(args).await?;
    let sizes = stats::of(args.stats.as_deref()).await?;
    let mut tracing = None;
    for (at, (revision, Rendered { before, statements })) in rest.iter().zip(&all).enumerate() {
        let made = made(statements);
        let traced = match (traces, chosen[first + at]) {
            (true, _) => {
                Some(Box::pin(trace_made(&play, server, (first + at, revision), &made, &mut tracing)).await?)
            }
            (false, true) => None,
            (false, false) => continue,
        };
        if !chosen[first + at] {
            continue;
        }
        let verdict = judge_made(project, revision, before, &made);
        let mut verdict =
            verdict.sized(sizes.as_ref(), project.config.lint.sizes).levelled(&project.config.lint.rules);
        let file = history.folder.join(&revision.up.file).display().to_string();
        if let Some(traced) = traced {
            let text = text_of(&made);
            let mut did = observe(&file, (&text, 0), &mut verdict, &traced);
            for statement in &mut did {
                statement.line = line_in_python(&made, statement.line);
            }
            report.trace.extend(did);
            traced.fault.iter().for_each(|fault| console::note(&unseen(fault, &file)));
        }
        ask_rows(data.as_ref(), &mut verdict).await?;
        report.add_made(&file, &revision.up.text, &made, verdict, args.notes);
    }
    if let Some(ground) = tracing {
        ground.remove().await?;
    }
    Ok(report)
}

/// Runs what a revision had executed on a database of its own, and looks. What stops there is told, and the next revision finds
/// the database as Alembic leaves it.
async fn trace_made<'s>(
    play: &Play<'_>,
    server: &'s Server,
    (at, revision): (usize, &Revision),
    made: &Made,
    ground: &mut Option<Ground<'s>>,
) -> Result<Trace> {
    let here = match ground.take() {
        Some(here) => here,
        None => Ground::of_revisions(server, play, &play.history.revisions[..at]).await?,
    };
    let script = History::of_script(&revision.up.file, text_of(made), &revision.name);
    let mut tracer = Tracer::open(here.database()).await?;
    let traced = tracer.trace(&script, &script.revisions[0], "").await;
    tracer.close().await;
    let traced = traced?;
    match traced.fault {
        None => *ground = Some(here),
        Some(_) => here.remove().await?,
    }
    Ok(traced)
}

fn unseen(fault: &Fault, file: &str) -> Fault {
    Fault::new(format!("a statement of {file} could not be seen: {}", fault.what))
        .why("values that Alembic gives to the driver apart from the text are not in it; the findings on it are predictions")
}

/// The line of Python that had the statement executed which begins at a line of the text.
fn line_in_python(made: &Made, line: usize) -> usize {
    let mut begins = 1;
    for (statement, python) in made {
        if begins >= line {
            return *python;
        }
        begins += statement.matches('\n').count() + 1;
    }
    made.last().map_or(line, |(_, python)| *python)
}

/// The statements as a script.
fn text_of(made: &Made) -> String {
    made.iter().map(|(statement, _)| format!("{statement};\n")).collect()
}

/// One statement an entry, whatever was sent at once.
pub fn made(executed: &[Executed]) -> Made {
    let mut all = Vec::new();
    for Executed { sql, line } in executed {
        let script = Script::parse(sql);
        all.extend(script.statements.iter().map(|statement| (sql[statement.span.range()].to_owned(), *line)));
    }
    all
}

/// What was executed, judged on the schema before it.
pub fn judge_made(project: &Project, revision: &Revision, before: &Snapshot, made: &Made) -> Verdict {
    let text = text_of(made);
    let settings = Settings {
        has_down: has_down(revision),
        ..settings(&project.config.policy, before.server.major(), false)
    };
    judge(&text, &mut Schema::of(before), settings).levelled(&project.config.lint.rules)
}

/// Where a finding is in a revision's file.
pub fn place(history: &History, revision: &Revision, made: &Made, finding: &Finding) -> Place {
    let line = made.get(finding.statement).map(|(_, line)| *line);
    let function = || LineIndex::new(&revision.up.text).position(revision.up.section.start).line;
    let position = Some(Position { line: line.unwrap_or_else(function), column: 1 });
    Place::File { path: history.folder.join(&revision.up.file), position }
}
