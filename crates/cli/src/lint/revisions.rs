//! Revisions of a project, each judged on the schema that the ones before it yield.
//! Out: scripts that are named (`scripts`), which revisions (`select`). Called by `lint` and `trace`.

use super::args::LintArgs;
use super::{alembic, ask_rows, asked, has_down, observe, select, settings, stats};
use crate::operand::Loader;
use crate::settings::Project;
use crate::{console, drill};
use groundline_core::{Major, Result};
use groundline_evidence::LintReport;
use groundline_lint::{Schema, Settings, Sizes, Verdict, judge};
use groundline_migrate::history::{History, Language, Revision, Transaction};
use groundline_pg::client::Client;
use groundline_pg::stage::{self, Play};
use groundline_pg::trace::{Ground, Trace, Tracer};
use groundline_sql::Script;

/// Judges the chosen revisions, and traces them.
pub async fn judged(project: &Project, args: &LintArgs, traces: bool) -> Result<LintReport> {
    let history = drill::history(project)?;
    let (chosen, what) = select::chosen(project, &history, &args.which).await?;
    let Some(first) = chosen.iter().position(|chosen| *chosen) else {
        console::say(&format!("no revision to judge: none of the {what}; --all judges every one"));
        return Ok(LintReport::new(super::major(args, project)?.number(), Some(what)));
    };
    let mut loader = Loader::new(project, &args.server, project.scope(None)).with_needs(true);
    let done = Box::pin(from(project, args, &history, (&chosen, first), traces, &mut loader)).await;
    loader.finish().await?;
    done
}

async fn from(
    project: &Project,
    args: &LintArgs,
    history: &History,
    (chosen, first): (&[bool], usize),
    traces: bool,
    loader: &mut Loader<'_>,
) -> Result<LintReport> {
    if history.layout == "alembic" {
        return Box::pin(alembic::judged(project, args, history, (chosen, first), traces, loader)).await;
    }
    let (before, rest) = history.revisions.split_at(first);
    let snapshot = loader.replay(project, history, before).await?;
    let major = snapshot.server.major();
    let mut schema = Schema::of(&snapshot);
    let place = before.last().map_or("an empty database".to_owned(), Revision::label);
    let mut report = LintReport::new(major.number(), Some(place));
    let data = asked(args).await?;
    let sizes = stats::of(args.stats.as_deref()).await?;
    if !traces {
        for (revision, chosen) in rest.iter().zip(&chosen[first..]) {
            add(
                &mut report,
                (args, data.as_ref(), sizes.as_ref()),
                (project, history),
                (revision, *chosen),
                &mut schema,
                major,
                None,
            )
            .await?;
        }
        return Ok(report);
    }
    let prelude = drill::prelude(project)?;
    let server = loader.shadow().await?;
    let play = Play::new(server, history, stage::dialect_of(history)?, prelude.as_ref());
    let ground = Ground::of_revisions(server, &play, before).await?;
    let mut tracer = Tracer::open(ground.database()).await?;
    for (revision, chosen) in rest.iter().zip(&chosen[first..]) {
        let seen = tracer.trace(history, revision, &play.record(revision)?).await?;
        add(
            &mut report,
            (args, data.as_ref(), sizes.as_ref()),
            (project, history),
            (revision, *chosen),
            &mut schema,
            major,
            Some(&seen),
        )
        .await?;
        if seen.fault.is_some() {
            break;
        }
    }
    tracer.close().await;
    ground.remove().await?;
    Ok(report)
}

async fn add(
    report: &mut LintReport,
    (args, data, sizes): (&LintArgs, Option<&Client>, Option<&Sizes>),
    (project, history): (&Project, &History),
    (revision, chosen): (&Revision, bool),
    schema: &mut Schema,
    major: Major,
    seen: Option<&Trace>,
) -> Result<()> {
    let step = &revision.up;
    let file = history.folder.join(&step.file).display().to_string();
    let Some(verdict) = judge_up((project, history), revision, schema, major) else { return Ok(()) };
    if !chosen {
        return Ok(());
    }
    // What a team says of a rule counts for more than the size of a table.
    let mut verdict = verdict.sized(sizes, project.config.lint.sizes).levelled(&project.config.lint.rules);
    if let Some(seen) = seen {
        report.trace.extend(observe(&file, (&step.text, step.section.start), &mut verdict, seen));
        seen.fault.iter().for_each(console::fault);
    }
    ask_rows(data, &mut verdict).await?;
    report.add(&file, &step.text, step.section.start, verdict, args.notes);
    Ok(())
}

/// The up of a revision, judged on the schema before it, which is afterwards as the revision leaves it; none where its
/// statements are Alembic's to make.
pub fn judge_up(
    (project, history): (&Project, &History),
    revision: &Revision,
    schema: &mut Schema,
    major: Major,
) -> Option<Verdict> {
    let step = &revision.up;
    let levels = &project.config.lint.rules;
    let settings = settings_of((project, history), revision, major);
    (step.language == Language::Sql).then(|| judge(step.sql(), schema, settings).levelled(levels))
}

/// How the up of a revision is judged.
pub fn settings_of<'p>(
    (project, history): (&'p Project, &History),
    revision: &Revision,
    major: Major,
) -> Settings<'p> {
    let step = &revision.up;
    let wrapped = step.transaction == Transaction::Wrapped && wraps(history.layout, step.sql());
    Settings { has_down: has_down(revision), ..settings(&project.config.policy, major, wrapped) }
}

/// Whether the tool of a layout sends a whole file in one transaction. Those that don't begin one send all statements of
/// a file in one message, which PostgreSQL takes as one transaction where it holds more than one statement.
fn wraps(layout: &str, sql: &str) -> bool {
    match layout {
        // Groundline runs a statement that takes no transaction outside of one, wherever it stands; so does Flyway.
        "groundline" | "flyway" => false,
        "golang-migrate" | "prisma" => Script::parse(sql).statements.len() > 1,
        _ => true,
    }
}
