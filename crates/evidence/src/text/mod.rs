//! Evidence on a terminal: a table of steps, the drill's map, what was found.
//! Out: printing it, and stripping the ANSI styles where they are not wanted (the caller does).

mod comparison;
mod differences;
mod drift;
mod drill;
mod fault;
mod identity;
mod layout;
mod onboarding;
mod steps;

pub use comparison::{render_comparison, render_differences};
pub use drift::{drift_line, render_drift};
pub use drill::render_drill;
pub use fault::{Severity, render_fault};
pub use identity::{Identity, render_identity};
pub use layout::columns;

use crate::{Evidence, Excerpt, Outcome, State, StepCounts, Tone, count, duration};
use anstyle::{AnsiColor, Style};
use layout::{pad_left, width_of};

/// What a terminal can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Whether it can show `✓` and `→`.
    pub unicode: bool,
    /// Its width in columns. The table never gets wider than 100.
    pub width: usize,
    /// How many differences are shown of one revision.
    pub differences: usize,
}

impl Default for Look {
    fn default() -> Self {
        Self { unicode: true, width: 100, differences: 8 }
    }
}

impl Look {
    /// The columns that are used.
    fn columns(self) -> usize {
        self.width.clamp(60, 100)
    }

    fn pick(self, unicode: &'static str, ascii: &'static str) -> &'static str {
        if self.unicode { unicode } else { ascii }
    }
}

pub(crate) fn render(evidence: &Evidence, look: Look) -> String {
    let mut blocks = vec![header(evidence, look), steps::table(evidence, look)];
    if let Some(drill) = &evidence.drill {
        blocks.push(render_drill(drill, &evidence.excerpts, "see the report", look));
    }
    if let Some(onboarding) = &evidence.onboarding {
        blocks.push(onboarding::nearest(onboarding, look));
    }
    blocks.extend(faults(evidence, look));
    blocks.push(closing(evidence.outcome(), evidence.step_counts(), look));
    blocks.retain(|block| !block.is_empty());
    blocks.join("\n")
}

fn header(evidence: &Evidence, look: Look) -> String {
    let name = describe_name(evidence);
    let time = duration(evidence.milliseconds());
    let title = paint(&format!("groundline check  {name}"), Style::new().bold());
    let gap = look.columns().saturating_sub(width_of(&name) + "groundline check  ".len());
    let mut facts = Vec::new();
    if let Some(server) = &evidence.server {
        facts.push(format!("PostgreSQL {} ({})", server.version, server.origin));
    }
    if let Some(history) = &evidence.history {
        let revisions = count(history.revisions.len(), "revision");
        facts.push(format!("{revisions} in {} ({})", history.folder, history.layout));
    }
    let mut text = format!("{title}{}\n", pad_left(&time, gap));
    for fact in facts {
        text.push_str(&layout::indented(&fact, 0, look.columns(), quiet()));
    }
    for line in evidence.scope.lines() {
        text.push_str(&layout::indented(&line, 0, look.columns(), quiet()));
    }
    if let Some(other) = evidence.server.as_ref().and_then(|server| server.other_major.as_ref()) {
        let line = format!("the project wants PostgreSQL {}: {}", other.wanted, other.reason);
        text.push_str(&layout::indented(&line, 0, look.columns(), tone_style(Tone::Notice)));
    }
    text
}

fn describe_name(evidence: &Evidence) -> String {
    crate::describe::one_line(&evidence.project.name)
}

/// The faults of failed steps, then the notes; one that the drill's list already shows is left out.
fn faults(evidence: &Evidence, look: Look) -> Vec<String> {
    let shown: Vec<_> = evidence.drill.iter().flat_map(drill::shown_faults).collect();
    let fresh = |fault: &&groundline_core::Fault| !shown.contains(fault);
    let draw =
        |fault: &_, severity| render_fault(fault, severity, Excerpt::find(&evidence.excerpts, fault), look);
    let steps = || evidence.steps.iter();
    let failed = steps().filter(|step| step.state == State::Failed).flat_map(|step| &step.faults);
    let noted = steps().flat_map(|step| &step.notes);
    let errors = failed.filter(fresh).map(|fault| draw(fault, Severity::Error));
    let notes = noted.filter(fresh).map(|fault| draw(fault, Severity::Note));
    errors.chain(notes).collect()
}

fn closing(outcome: Outcome, steps: StepCounts, look: Look) -> String {
    let (sign, tone) = match outcome {
        Outcome::Passed => (look.pick("✓", "+"), Tone::Good),
        Outcome::Findings => (look.pick("✗", "x"), Tone::Bad),
    };
    let word = paint(&format!("{sign} {}", outcome.word()), tone_style(tone).bold());
    let StepCounts { passed, failed, not_run } = steps;
    format!("{word}: {passed} passed, {failed} failed, {not_run} not run\n")
}

/// Text in a style, closed.
fn paint(text: &str, style: Style) -> String {
    format!("{style}{text}{style:#}")
}

/// The style of what matters less.
fn quiet() -> Style {
    Style::new().dimmed()
}

fn tone_style(tone: Tone) -> Style {
    let color = match tone {
        Tone::Good => AnsiColor::Green,
        Tone::Notice => AnsiColor::Yellow,
        Tone::Bad => AnsiColor::Red,
        Tone::Neutral => return quiet(),
    };
    Style::new().fg_color(Some(color.into()))
}

fn state_style(state: State) -> Style {
    tone_style(match state {
        State::Passed => Tone::Good,
        State::Failed => Tone::Bad,
        State::NotRun => Tone::Neutral,
    })
}
