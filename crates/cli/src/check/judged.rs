//! The step over new revisions: their statements, judged on the schemas that the drill measured before each of them.
//! Out: which are new and how they are judged (`lint`), the drill. Called by `check`.

use super::run::Run;
use crate::lint::{self, select};
use crate::settings::Project;
use groundline_core::{Fault, Place, Result};
use groundline_evidence::{Step, StepId, count};
use groundline_lint::{Schema, Severity};
use groundline_migrate::history::Revision;
use groundline_pg::drill::Drilled;
use groundline_pg::stage::Play;

/// Judges the revisions that are new.
pub async fn judge_new(run: &mut Run, project: &Project, play: &Play<'_>, drilled: &Drilled) -> Result<()> {
    let clock = run.clock();
    let step = match select::configured(project, play.history).await? {
        None => Step::not_run(
            StepId::Judged,
            "neither a lock nor a repository says which revisions are new; `groundline lint --all` judges every one",
        ),
        Some((chosen, what)) => step(project, play, drilled, (&chosen, &what)),
    };
    run.record(step, clock);
    Ok(())
}

fn step(project: &Project, play: &Play<'_>, drilled: &Drilled, (chosen, what): (&[bool], &str)) -> Step {
    let (mut faults, mut notes, mut statements, mut new) = (Vec::new(), Vec::new(), 0, 0);
    let (mut errors, mut warnings, mut allowed) = (0, 0, 0);
    let before = std::iter::once(&drilled.base).chain(drilled.yields.iter().map(|(_, schema)| schema));
    for ((revision, chosen), before) in play.history.revisions.iter().zip(chosen).zip(before) {
        if !chosen {
            continue;
        }
        new += 1;
        let major = before.server.major();
        let Some(verdict) = lint::judge_up((project, play.history), revision, &mut Schema::of(before), major)
        else {
            notes.push(unjudged(play, revision));
            continue;
        };
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
    step.noting(notes)
}

fn unjudged(play: &Play<'_>, revision: &Revision) -> Fault {
    Fault::new(format!(
        "the statements of {} are not judged: Alembic makes them when it runs",
        revision.label()
    ))
    .at(Place::file(play.history.folder.join(&revision.up.file)))
}
