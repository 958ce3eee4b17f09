//! A plan and a run, for people.
//! Out: deciding and doing. Called by `plan`, `upgrade` and `downgrade`.

use crate::console;
use groundline_core::Fault;
use groundline_evidence::{count, duration};
use groundline_migrate::plan::{Direction, Limits, Plan, PlanStep};
use groundline_pg::execute::{Blocker, Progress, Tell};
use groundline_pg::lease::Holder;
use groundline_pg::preflight::{Checked, Verdict};
use indicatif::ProgressBar;
use std::fmt::Write as _;
use std::time::Duration;

/// A plan as text.
pub fn plan(plan: &Plan) -> String {
    let verb = if plan.direction == Direction::Up { "upgrade" } else { "downgrade" };
    let revisions = count(plan.steps.len(), "revision");
    let mut text = format!("{verb} {} on database {}: {revisions}\n", plan.project, plan.database);
    for step in &plan.steps {
        step_lines(&mut text, step);
    }
    if !plan.steps.is_empty() {
        let _ = writeln!(text, "{}", limits(plan.limits));
        let _ = writeln!(text, "plan {}", plan.digest().short());
    }
    text
}

fn limits(Limits { lock_timeout_ms, statement_timeout_ms, retries }: Limits) -> String {
    let runs = match statement_timeout_ms {
        Some(ms) => format!("runs {ms} ms at most"),
        None => "runs as long as it takes".to_owned(),
    };
    format!("a statement waits {lock_timeout_ms} ms for a lock, is tried again {retries} times, and {runs}")
}

fn step_lines(text: &mut String, step: &PlanStep) {
    let _ = writeln!(text, "  {}", step.label);
    for group in &step.groups {
        let head = if group.transaction { "one transaction" } else { "alone, in no transaction" };
        let _ = writeln!(text, "    {head}");
        for statement in &group.statements {
            let mark = statement.destructive.as_ref().map(|what| format!("  ! loses data: {what}"));
            let _ = writeln!(text, "      {}{}", statement.text, mark.unwrap_or_default());
        }
    }
}

/// What a check saw, as a fault.
pub fn against(checked: &Checked) -> Fault {
    let what = match checked.verdict {
        Verdict::Block => "the preflight blocks the run",
        Verdict::Warn | Verdict::Pass => "the preflight warns",
    };
    Fault::new(format!("{what}: {}", checked.check)).why(checked.why.join("\n")).next(checked.next)
}

/// Tells on stderr what a run does, with a bar for what takes long.
pub struct Told(ProgressBar);

impl Told {
    /// Nothing is told yet.
    pub fn new() -> Self {
        Self(console::progress_bar("{prefix} [{bar:30}] {percent}% {wide_msg}"))
    }

    fn say(&self, line: &str) {
        self.0.suspend(|| console::say(line));
    }
}

impl Tell for Told {
    fn begins(&self, label: &str) {
        self.0.set_prefix(label.to_owned());
    }

    fn done(&self, label: &str, took: Duration) {
        let took = duration(u64::try_from(took.as_millis()).unwrap_or(u64::MAX));
        self.say(&format!("  {label}  {took}"));
    }

    fn again(&self, blockers: &[Blocker], attempt: u32, pause: Duration) {
        self.say(&format!(
            "  a lock was not had in time; rolled back, attempt {} in {} ms",
            attempt + 1,
            pause.as_millis()
        ));
        blockers.iter().for_each(|one| self.say(&format!("    held by {}", one.words())));
    }

    fn progress(&self, progress: &Progress) {
        self.0.set_length(progress.total);
        self.0.set_position(progress.done);
        self.0.set_message(progress.phase.clone());
        self.0.tick();
    }

    fn note(&self, line: &str) {
        self.say(&format!("  {line}"));
    }
}

impl Drop for Told {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

/// Tells who has the lease.
pub fn waits(holder: &Holder) {
    console::say(&format!("waits for {}", holder.words()));
}
