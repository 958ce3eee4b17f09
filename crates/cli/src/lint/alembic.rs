//! Alembic's revisions, judged by the SQL that they have executed on a shadow; a finding has the line of the revision's file.
//! Out: revisions that are SQL (`revisions`), running Alembic (`pg::alembic`). Called by `lint` and `check`.

use super::args::LintArgs;
use super::{ask_rows, asked, has_down, settings};
use crate::drill;
use crate::operand::Loader;
use crate::settings::Project;
use groundline_catalog::Snapshot;
use groundline_core::{LineIndex, Place, Position, Result};
use groundline_evidence::LintReport;
use groundline_lint::{Finding, Schema, Settings, Verdict, judge};
use groundline_migrate::history::{History, Revision};
use groundline_pg::alembic::{Executed, Rendered, rendered};
use groundline_pg::stage::{self, Play};
use groundline_sql::Script;

/// Statements of a revision, each with its line.
pub type Made = Vec<(String, usize)>;

/// Judges the chosen revisions.
pub async fn judged(
    project: &Project,
    args: &LintArgs,
    history: &History,
    (chosen, first): (&[bool], usize),
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
    for ((revision, chosen), Rendered { before, statements }) in rest.iter().zip(&chosen[first..]).zip(&all) {
        if !chosen {
            continue;
        }
        let made = made(statements);
        let mut verdict = judge_made(project, revision, before, &made);
        ask_rows(data.as_ref(), &mut verdict).await?;
        let file = history.folder.join(&revision.up.file).display().to_string();
        report.add_made(&file, &revision.up.text, &made, verdict, args.notes);
    }
    Ok(report)
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
    let text: String = made.iter().map(|(statement, _)| format!("{statement};\n")).collect();
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
