//! The phases over the history itself: an empty database to head, and the drill.
//! Out: playing revisions (`pg`).
//! Called by `check`.

use super::failed;
use super::run::Run;
use crate::console::{self, Bar};
use groundline_catalog::Snapshot;
use groundline_core::{Fault, Place, Result};
use groundline_evidence::{NewestChange, SchemaFacts, Step, StepId, VERDICTS, count, grouped};
use groundline_migrate::outcome::{ChainDrill, DrillReport, Verdict};
use groundline_pg::drill::{self, Drilled, Progress, Selection};
use groundline_pg::stage::{Play, Stage};

/// Plays the whole history on an empty database. Returns the schema at head, if it gets there.
pub async fn bootstrap(run: &mut Run, play: &Play<'_>) -> Result<Option<Snapshot>> {
    let clock = run.clock();
    let revisions = &play.history.revisions;
    let bar = Bar::new("bootstrap");
    bar.begin(revisions.len());
    let mut stage = Stage::open(play, "bootstrap").await?;
    let played = stage.upgrade(revisions, &|revision| bar.at(revision)).await;
    drop(bar);
    let (step, head) = match played {
        Ok(()) => {
            let head = stage.read().await?;
            let summary = format!(
                "{} applied, {} at head",
                count(revisions.len(), "revision"),
                count(head.len(), "object")
            );
            let triggers = stage.history_triggers().await?;
            let note = (!triggers.is_empty() && play.server.is_ours()).then(|| {
                Fault::new("the history table was written without firing its triggers")
                    .at(Place::Object(format!("table {}", play.dialect.qualified_table())))
                    .why(format!("only the team's own tool may write it: {}", triggers.join(", ")))
            });
            (Step::passed(StepId::Bootstrap, summary).noting(note).noting(console::unread(&head)), Some(head))
        }
        Err((version, fault)) => {
            stage.assert_alive().await?;
            (failed(StepId::Bootstrap, format!("stops at revision {version}"), fault), None)
        }
    };
    stage.close().await?;
    if let Some(head) = &head {
        run.evidence.scope.add(head);
    }
    run.evidence.head = head.as_ref().map(|head| SchemaFacts::new(head, Some(head.fingerprint())));
    run.record(step, clock);
    Ok(head)
}

/// Drills every revision and the chain.
pub async fn drill(run: &mut Run, play: &Play<'_>) -> Result<Drilled> {
    let clock = run.clock();
    let drilled = drill::drill(play, &Selection::All, &Bar::new("drill")).await?;
    let report = &drilled.report;
    let chain_took = report.chain.as_ref().map_or(0, |chain| chain.milliseconds);
    let took = clock.milliseconds().saturating_sub(chain_took);
    run.record_for(drill_step(report), clock, took);
    match &report.chain {
        None => run.not_run(&[StepId::Chain], "the drill did not reach head"),
        Some(chain) => {
            let step = chain_step(chain, report.revisions.len());
            run.record_for(step, clock.later(took), chain.milliseconds);
        }
    }
    run.evidence.drill = Some(report.clone());
    run.evidence.newest = newest(play, &drilled);
    Ok(drilled)
}

/// What the last revision made of the schema; nothing where the drill did not get there.
fn newest(play: &Play<'_>, drilled: &Drilled) -> Option<NewestChange> {
    let last = play.history.revisions.last()?;
    if drilled.yields.len() != play.history.revisions.len() {
        return None;
    }
    let (_, after) = drilled.yields.last()?;
    let before = drilled.yields.iter().rev().nth(1).map_or(&drilled.base, |(_, schema)| schema);
    Some(NewestChange::new(last.label(), before, after))
}

fn drill_step(report: &DrillReport) -> Step {
    let number = |verdict| report.revisions.iter().filter(|drill| drill.verdict == verdict).count();
    let counts = VERDICTS.map(|verdict| (verdict, number(verdict)));
    let counted = counts.iter().filter(|(_, number)| *number > 0);
    let summary = counted
        .map(|(verdict, number)| format!("{} {}", grouped(*number as u64), verdict.word()))
        .collect::<Vec<_>>()
        .join(", ");
    let notes = report.revisions.iter().flat_map(|drill| drill.notes.clone());
    let unclean = report.revisions.iter().filter(|drill| !drill.verdict.is_clean());
    let faults: Vec<Fault> = unclean.filter_map(|drill| drill.error.clone()).collect();
    let step = match report.revisions.iter().all(|drill| drill.verdict.is_clean()) {
        true => Step::passed(StepId::Drill, summary),
        false => Step::failed(StepId::Drill, summary, faults),
    };
    step.noting(notes)
}

fn chain_step(chain: &ChainDrill, revisions: usize) -> Step {
    let reached = format!("{} of {revisions} downs", chain.reached);
    match (chain.verdict, &chain.stopped_at) {
        (Verdict::NoDown | Verdict::DeclaredIrreversible, Some(version)) => {
            let reason = format!("the way down ends at {version}, which has no down ({reached})");
            Step::not_run(StepId::Chain, reason)
        }
        (_, Some(version)) => Step::failed(
            StepId::Chain,
            format!("stops at {version} after {reached}"),
            chain.error.iter().cloned().collect(),
        ),
        (verdict, None) if verdict.is_clean() => {
            Step::passed(StepId::Chain, format!("{reached}, then nothing is left ({})", verdict.word()))
        }
        (_, None) => Step::failed(
            StepId::Chain,
            format!("{reached}, then {} left", count(chain.differences.len(), "difference")),
            Vec::new(),
        ),
    }
}
