//! The step over new revisions: their statements, judged on the schemas that the drill measured before each of them, and
//! traced on a database of their own.
//! Out: which are new and how they are judged (`lint`), the drill. Called by `check`.

use super::run::Run;
use crate::lint::{self, select};
use crate::settings::Project;
use groundline_core::{Fault, Place, Result};
use groundline_evidence::{Step, StepId, TracedStatement, count};
use groundline_lint::{Schema, Severity};
use groundline_migrate::history::{Language, Revision};
use groundline_pg::drill::Drilled;
use groundline_pg::stage::Play;
use groundline_pg::trace::{Ground, Trace, Tracer};
use std::collections::BTreeMap;

/// Judges the revisions that are new.
pub async fn judge_new(run: &mut Run, project: &Project, play: &Play<'_>, drilled: &Drilled) -> Result<()> {
    let clock = run.clock();
    let step = match select::configured(project, play.history).await? {
        None => Step::not_run(
            StepId::Judged,
            "neither a lock nor a repository says which revisions are new; `groundline lint --all` judges every one",
        ),
        Some((chosen, what)) => {
            let traces = traced(play, &chosen).await?;
            let (step, trace) = step(project, play, (drilled, &traces), (&chosen, &what));
            run.evidence.trace = trace;
            step
        }
    };
    run.record(step, clock);
    Ok(())
}

/// What a server does for the chosen revisions, by their place; those that Alembic runs are not looked at. What stops a
/// revision is the drill's to tell.
async fn traced(play: &Play<'_>, chosen: &[bool]) -> Result<BTreeMap<usize, Trace>> {
    let revisions = &play.history.revisions;
    let (Some(first), Some(last)) = (chosen.iter().position(|one| *one), chosen.iter().rposition(|one| *one))
    else {
        return Ok(BTreeMap::new());
    };
    if revisions.iter().any(|revision| revision.up.language != Language::Sql) {
        return Ok(BTreeMap::new());
    }
    let Ok(ground) = Ground::of_revisions(play.server, play, &revisions[..first]).await else {
        return Ok(BTreeMap::new());
    };
    let mut traces = BTreeMap::new();
    let mut tracer = Tracer::open(ground.database()).await?;
    for (at, revision) in revisions.iter().enumerate().take(last + 1).skip(first) {
        let trace = tracer.trace(play.history, revision, &play.record(revision)?).await?;
        let stops = trace.fault.is_some();
        traces.insert(at, trace);
        if stops {
            break;
        }
    }
    tracer.close().await;
    ground.remove().await?;
    Ok(traces)
}

fn step(
    project: &Project,
    play: &Play<'_>,
    (drilled, traces): (&Drilled, &BTreeMap<usize, Trace>),
    (chosen, what): (&[bool], &str),
) -> (Step, Vec<TracedStatement>) {
    let mut trace = Vec::new();
    let (mut faults, mut notes, mut statements, mut new) = (Vec::new(), Vec::new(), 0, 0);
    let (mut errors, mut warnings, mut allowed) = (0, 0, 0);
    let before = std::iter::once(&drilled.base).chain(drilled.yields.iter().map(|(_, schema)| schema));
    for (at, ((revision, chosen), before)) in
        play.history.revisions.iter().zip(chosen).zip(before).enumerate()
    {
        if !chosen {
            continue;
        }
        new += 1;
        let major = before.server.major();
        let Some(mut verdict) =
            lint::judge_up((project, play.history), revision, &mut Schema::of(before), major)
        else {
            notes.push(unjudged(play, revision));
            continue;
        };
        if let Some(seen) = traces.get(&at) {
            let file = play.history.folder.join(&revision.up.file).display().to_string();
            let text = (&*revision.up.text, revision.up.section.start);
            trace.extend(lint::observe(&file, text, &mut verdict, seen));
        }
        statements += verdict.statements.len();
        allowed += verdict.suppressed.len();
        for finding in verdict.findings {
            match finding.severity {
                Severity::Error => errors += 1,
                Severity::Warning => warnings += 1,
                Severity::Note => continue,
            }
            faults
                .push(lint::fault(&finding).at(revision.up.place(&play.history.folder, finding.span.start)));
        }
    }
    let judged = format!("{}, {}", count(new, "new revision"), count(statements, "statement"));
    let told = if allowed > 0 { format!("; {} allowed", count(allowed, "finding")) } else { String::new() };
    let step = match (new, faults.is_empty()) {
        (0, _) => Step::passed(StepId::Judged, format!("none of the {what}")),
        (_, true) => Step::passed(StepId::Judged, format!("{judged}: nothing found{told}")),
        (_, false) => {
            let found = format!("{}, {}", count(errors, "error"), count(warnings, "warning"));
            Step::failed(StepId::Judged, format!("{judged}: {found}{told}"), faults)
        }
    };
    (step.noting(notes), trace)
}

fn unjudged(play: &Play<'_>, revision: &Revision) -> Fault {
    Fault::new(format!(
        "the statements of {} are not judged: Alembic makes them when it runs",
        revision.label()
    ))
    .at(Place::file(play.history.folder.join(&revision.up.file)))
}
