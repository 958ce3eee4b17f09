//! The checklist as the page shows it: phases, and their steps; those that were not run for one reason stand
//! together.

use super::faults::FaultView;
use super::percent;
use crate::{Evidence, Phase, State, Step, StepCounts, StepId, Tone, count, duration};
use serde::Serialize;

/// A group of steps.
#[derive(Serialize)]
pub(super) struct PhaseView {
    title: &'static str,
    steps: Vec<StepView>,
}

/// One step, or several in a row that were not run for the same reason.
#[derive(Serialize)]
struct StepView {
    /// Id, title, and what it proves when it passes.
    names: Vec<(StepId, &'static str, &'static str)>,
    state: &'static str,
    tone: Tone,
    line: String,
    time: Option<String>,
    start: f64,
    share: f64,
    faults: Vec<FaultView>,
    notes: Vec<FaultView>,
}

/// The state's tone.
pub(super) fn state_tone(state: State) -> Tone {
    match state {
        State::Passed => Tone::Good,
        State::Failed => Tone::Bad,
        State::NotRun => Tone::Neutral,
    }
}

/// The run in one sentence.
pub(super) fn headline(steps: StepCounts) -> String {
    let StepCounts { passed, failed, not_run } = steps;
    let skipped = match not_run {
        0 => String::new(),
        _ => format!(" {} not run; the checklist says why.", were(not_run, "step")),
    };
    match (passed, failed) {
        (0, 0) => format!("Nothing could be proven.{skipped}"),
        (_, 0) if not_run == 0 => format!("All {} passed.", count(passed, "step")),
        (_, 0) => format!("{} passed, none failed.{skipped}", count(passed, "step")),
        (_, _) => format!("{} failed, {passed} passed.{skipped}", count(failed, "step")),
    }
}

fn were(number: usize, noun: &str) -> String {
    format!("{} {}", count(number, noun), if number == 1 { "was" } else { "were" })
}

/// The checklist.
pub(super) fn phases(evidence: &Evidence) -> Vec<PhaseView> {
    let mut phases: Vec<(Phase, PhaseView)> = Vec::new();
    for step in evidence.checklist() {
        let phase = step.id.phase();
        if phases.last().is_none_or(|(last, _)| *last != phase) {
            phases.push((phase, PhaseView { title: phase.title(), steps: Vec::new() }));
        }
        if let Some((_, last)) = phases.last_mut() {
            last.take(evidence, &step);
        }
    }
    phases.into_iter().map(|(_, view)| view).collect()
}

impl PhaseView {
    fn take(&mut self, evidence: &Evidence, step: &Step) {
        let name = (step.id, step.id.title(), step.id.proves());
        let is_bare = step.state == State::NotRun && step.faults.is_empty() && step.notes.is_empty();
        match self.steps.last_mut() {
            Some(last) if is_bare && last.is_bare() && last.line == step.line() => last.names.push(name),
            _ => self.steps.push(StepView::new(evidence, step)),
        }
    }
}

impl StepView {
    fn new(evidence: &Evidence, step: &Step) -> Self {
        let total = evidence.milliseconds();
        Self {
            names: vec![(step.id, step.id.title(), step.id.proves())],
            state: step.state.word(),
            tone: state_tone(step.state),
            line: step.line().to_owned(),
            time: (step.state != State::NotRun).then(|| duration(step.milliseconds)),
            start: percent(step.started_ms, total).min(100.0),
            share: percent(step.milliseconds, total).min(100.0),
            faults: step.faults.iter().map(|fault| FaultView::or_link(evidence, fault)).collect(),
            notes: FaultView::grouped(evidence, &step.notes),
        }
    }

    fn is_bare(&self) -> bool {
        self.tone == Tone::Neutral && self.faults.is_empty() && self.notes.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_headline_counts_every_step() {
        let said = |passed, failed, not_run| headline(StepCounts { passed, failed, not_run });
        assert_eq!(said(14, 0, 0), "All 14 steps passed.");
        assert_eq!(said(5, 0, 9), {
            "5 steps passed, none failed. 9 steps were not run; the checklist says why."
        });
        assert_eq!(said(3, 1, 1), { "1 step failed, 3 passed. 1 step was not run; the checklist says why." });
    }
}
