//! The sums of a run: its outcome, how many steps, revisions and rows.
//! Out: drawing them.

use crate::{Evidence, State, VERDICTS};
use groundline_migrate::outcome::{DataVerdict, Verdict};
use serde::Serialize;

/// What a run came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Something was proven, and nothing was found.
    Passed,
    /// A step failed, or nothing could be proven.
    Findings,
}

impl Outcome {
    /// The outcome in words.
    pub fn word(self) -> &'static str {
        match self {
            Outcome::Passed => "passed",
            Outcome::Findings => "findings",
        }
    }
}

/// How many steps are in which state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct StepCounts {
    /// Passed.
    pub passed: usize,
    /// Failed.
    pub failed: usize,
    /// Not run.
    pub not_run: usize,
}

/// Rows of an existing database, before and after its migration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Rows {
    /// Tables compared.
    pub tables: usize,
    /// Tables with the same rows and values on both sides.
    pub same_tables: usize,
    /// Rows compared.
    pub rows: u64,
    /// Rows of the tables with the same rows and values on both sides.
    pub same_rows: u64,
    /// Tables that lost rows.
    pub lossy_tables: usize,
}

/// The sums of a run.
#[derive(Clone, Debug, Serialize)]
pub struct Summary {
    /// What it came to.
    pub outcome: Outcome,
    /// Its steps.
    pub steps: StepCounts,
    /// How many revisions the history has.
    pub revisions: Option<usize>,
    /// How many revisions have which verdict; verdicts that nobody has are left out.
    pub verdicts: Vec<(Verdict, usize)>,
    /// Rows of the existing database.
    pub rows: Option<Rows>,
}

impl Evidence {
    /// Findings when a step failed or none passed. A step that did not run is no finding by itself: it is
    /// listed as not run, with the reason.
    pub fn outcome(&self) -> Outcome {
        let counts = self.step_counts();
        match counts.failed == 0 && counts.passed > 0 {
            true => Outcome::Passed,
            false => Outcome::Findings,
        }
    }

    /// How many steps are in which state.
    pub fn step_counts(&self) -> StepCounts {
        let checklist = self.checklist();
        let count = |state| checklist.iter().filter(|step| step.state == state).count();
        StepCounts {
            passed: count(State::Passed),
            failed: count(State::Failed),
            not_run: count(State::NotRun),
        }
    }

    /// The sums of the run.
    pub fn summary(&self) -> Summary {
        let drilled = self.drill.iter().flat_map(|drill| &drill.revisions);
        Summary {
            outcome: self.outcome(),
            steps: self.step_counts(),
            revisions: self.history.as_ref().map(|history| history.revisions.len()),
            verdicts: verdict_counts(drilled.map(|drill| drill.verdict)),
            rows: self.rows(),
        }
    }

    fn rows(&self) -> Option<Rows> {
        let data = &self.onboarding.as_ref()?.data;
        let same = || data.iter().filter(|table| table.verdict == DataVerdict::Same);
        (!data.is_empty()).then(|| Rows {
            tables: data.len(),
            same_tables: same().count(),
            rows: data.iter().map(|table| table.rows_before).sum(),
            same_rows: same().map(|table| table.rows_before).sum(),
            lossy_tables: data.iter().filter(|table| table.verdict == DataVerdict::RowsLost).count(),
        })
    }
}

/// How many have which verdict, in the order of legends; verdicts that nobody has are left out.
pub(crate) fn verdict_counts(verdicts: impl Iterator<Item = Verdict>) -> Vec<(Verdict, usize)> {
    let verdicts: Vec<Verdict> = verdicts.collect();
    let count = |verdict| (verdict, verdicts.iter().filter(|one| **one == verdict).count());
    VERDICTS.map(count).into_iter().filter(|(_, count)| *count > 0).collect()
}
