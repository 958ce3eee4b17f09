//! The step over new revisions: their statements, judged on the schemas that the drill measured before each of them, and
//! traced on a database of their own; those of Alembic's revisions as they were executed.
//! Out: which are new and how they are judged (`lint`), the drill. Called by `check`.

use super::run::Run;
use crate::lint::alembic::{self, Made};
use crate::lint::{self, select};
use crate::settings::Project;
use groundline_catalog::Snapshot;
use groundline_core::{Fault, Place, Result};
use groundline_evidence::{Step, StepId, TracedStatement, count};
use groundline_lint::{Finding, Schema, Severity, Verdict};
use groundline_migrate::history::{Language, Revision};
use groundline_pg::alembic::rendered;
use groundline_pg::drill::Drilled;
use groundline_pg::stage::Play;
use groundline_pg::trace::{Ground, Trace, Tracer};
use std::collections::BTreeMap;

/// What was measured of the revisions.
struct Seen<'d> {
    drilled: &'d Drilled,
    /// What a server did, by the place of the revision.
    traces: BTreeMap<usize, Trace>,
    /// What Alembic had executed, by the place of the revision.
    made: BTreeMap<usize, Made>,
}

/// What was found in all of them.
#[derive(Default)]
struct Found {
    new: usize,
    statements: usize,
    errors: usize,
    warnings: usize,
    allowed: usize,
    faults: Vec<Fault>,
    notes: Vec<Fault>,
    trace: Vec<TracedStatement>,
}

/// Judges the revisions that are new.
pub async fn judge_new(run: &mut Run, project: &Project, play: &Play<'_>, drilled: &Drilled) -> Result<()> {
    let clock = run.clock();
    let step = match select::configured(project, play.history).await? {
        None => Step::not_run(
            StepId::Judged,
            "neither a lock nor a repository says which revisions are new; `groundline lint --all` judges every one",
        ),
        Some((chosen, what)) => {
            let seen =
                Seen { drilled, traces: traced(play, &chosen).await?, made: made(play, &chosen).await };
            let mut found = found(project, play, &seen, &chosen);
            run.evidence.trace = std::mem::take(&mut found.trace);
            step(found, &what)
        }
    };
    run.record(step, clock);
    Ok(())
}

/// What a server does for the chosen revisions; those that Alembic runs are not looked at. What stops a revision is the
/// drill's to tell.
async fn traced(play: &Play<'_>, chosen: &[bool]) -> Result<BTreeMap<usize, Trace>> {
    let revisions = &play.history.revisions;
    let ends = (chosen.iter().position(|one| *one), chosen.iter().rposition(|one| *one));
    let (Some(first), Some(last)) = ends else { return Ok(BTreeMap::new()) };
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

/// The statements of Alembic's revisions, from the first chosen one on; none where one of them stops, which is the
/// drill's to tell.
async fn made(play: &Play<'_>, chosen: &[bool]) -> BTreeMap<usize, Made> {
    let Some(first) = chosen.iter().position(|one| *one).filter(|_| play.alembic.is_some()) else {
        return BTreeMap::new();
    };
    let (before, rest) = play.history.revisions.split_at(first);
    let all = rendered(play, before, rest).await.unwrap_or_default();
    all.iter().enumerate().map(|(at, one)| (first + at, alembic::made(&one.statements))).collect()
}

fn found(project: &Project, play: &Play<'_>, seen: &Seen<'_>, chosen: &[bool]) -> Found {
    let mut found = Found::default();
    let yields = seen.drilled.yields.iter().map(|(_, schema)| schema);
    let before = std::iter::once(&seen.drilled.base).chain(yields);
    for (at, (revision, before)) in play.history.revisions.iter().zip(before).enumerate() {
        if chosen[at] {
            found.new += 1;
            add(&mut found, project, play, (at, revision, before), seen);
        }
    }
    found
}

fn add(
    found: &mut Found,
    project: &Project,
    play: &Play<'_>,
    (at, revision, before): (usize, &Revision, &Snapshot),
    seen: &Seen<'_>,
) {
    let own = seen.made.get(&at);
    let Some(mut verdict) = verdict(project, play, (revision, before), own) else {
        found.notes.push(unjudged(play, revision));
        return;
    };
    if let Some(traced) = seen.traces.get(&at) {
        let file = play.history.folder.join(&revision.up.file).display().to_string();
        let text = (&*revision.up.text, revision.up.section.start);
        found.trace.extend(lint::observe(&file, text, &mut verdict, traced));
    }
    found.statements += verdict.statements.len();
    found.allowed += verdict.suppressed.len();
    for finding in &verdict.findings {
        match finding.severity {
            Severity::Error => found.errors += 1,
            Severity::Warning => found.warnings += 1,
            Severity::Note => continue,
        }
        found.faults.push(lint::fault(finding).at(place(play, revision, own, finding)));
    }
}

fn verdict(
    project: &Project,
    play: &Play<'_>,
    (revision, before): (&Revision, &Snapshot),
    own: Option<&Made>,
) -> Option<Verdict> {
    match own {
        Some(made) => Some(alembic::judge_made(project, revision, before, made)),
        None => {
            let major = before.server.major();
            lint::judge_up((project, play.history), revision, &mut Schema::of(before), major)
        }
    }
}

fn place(play: &Play<'_>, revision: &Revision, own: Option<&Made>, finding: &Finding) -> Place {
    match own {
        Some(made) => alembic::place(play.history, revision, made, finding),
        None => revision.up.place(&play.history.folder, finding.span.start),
    }
}

fn step(found: Found, what: &str) -> Step {
    let Found { new, statements, errors, warnings, allowed, faults, notes, .. } = found;
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
    step.noting(notes)
}

fn unjudged(play: &Play<'_>, revision: &Revision) -> Fault {
    Fault::new(format!("the statements of {} are not judged: it was not reached", revision.label()))
        .at(Place::file(play.history.folder.join(&revision.up.file)))
}
