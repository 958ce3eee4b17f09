//! The checklist as a table: sign, state, title, what proved it, time.

use super::layout::{pad_left, pad_right, width_of, wrap};
use super::{Look, paint, quiet, state_style};
use crate::{Evidence, State, Step, duration};
use anstyle::Style;

/// Columns of the widest state and of a duration.
const STATE: usize = 7;
const TIME: usize = 11;

pub(super) fn table(evidence: &Evidence, look: Look) -> String {
    let checklist = evidence.checklist();
    let titles = checklist.iter().map(|step| width_of(step.id.title())).max().unwrap_or(0);
    let mut text = String::new();
    let mut phase = None;
    let mut above = None;
    for step in &checklist {
        if phase != Some(step.id.phase()) {
            (phase, above) = (Some(step.id.phase()), None);
            text.push_str(&format!("{}\n", paint(step.id.phase().title(), Style::new().bold())));
        }
        // A group that does not run has one reason: it is said once.
        let reason = (step.state == State::NotRun).then(|| step.line());
        let line = if reason.is_some() && reason == above { "as above" } else { step.line() };
        text.push_str(&row(step, line, titles, look));
        above = reason;
    }
    text
}

fn row(step: &Step, line: &str, titles: usize, look: Look) -> String {
    let sign = match step.state {
        State::Passed => look.pick("✓", "+"),
        State::Failed => look.pick("✗", "x"),
        State::NotRun => look.pick("–", "-"),
    };
    let style = state_style(step.state);
    let state = paint(&format!("{sign} {}", pad_right(step.state.word(), STATE)), style);
    let time = match step.state {
        State::NotRun => String::new(),
        State::Passed | State::Failed => duration(step.milliseconds),
    };
    // Two blanks of indent, the sign and a blank, and two blanks between columns.
    let taken = 4 + STATE + 2 + titles + 2;
    let room = look.columns() - taken - TIME;
    let quiet_line = if step.state == State::NotRun { quiet() } else { Style::new() };
    let mut text = String::new();
    for (number, line) in wrap(line, room).iter().enumerate() {
        let first = match number {
            0 => format!("  {state}  {}  ", pad_right(step.id.title(), titles)),
            _ => " ".repeat(taken),
        };
        let last = match number {
            0 if !time.is_empty() => {
                let gap = " ".repeat(room - width_of(line));
                format!("{gap}{}", paint(&pad_left(&time, TIME), quiet()))
            }
            _ => String::new(),
        };
        text.push_str(&format!("{first}{}{last}\n", paint(line, quiet_line)));
    }
    text
}
