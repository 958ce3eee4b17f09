//! Faults as the page shows them.

use crate::{Evidence, Excerpt};
use groundline_core::Fault;
use serde::Serialize;

/// A fault.
#[derive(Serialize)]
pub(super) struct FaultView {
    what: String,
    place: Option<String>,
    why: Option<String>,
    next: Option<String>,
    sqlstate: Option<String>,
    lines: Vec<LineView>,
    /// The anchor of the revision that shows all of it; then only `what` is shown here.
    see: Option<String>,
}

/// A line of a file; `mark` is the part that the fault is about.
#[derive(Serialize)]
struct LineView {
    number: usize,
    before: String,
    mark: String,
    after: String,
}

impl FaultView {
    pub(super) fn new(evidence: &Evidence, fault: &Fault) -> Self {
        Self {
            what: fault.what.clone(),
            place: fault.place.as_ref().map(ToString::to_string),
            why: fault.why.clone(),
            next: fault.next.clone(),
            sqlstate: fault.sqlstate.clone(),
            lines: Excerpt::find(&evidence.excerpts, fault).map(lines).unwrap_or_default(),
            see: None,
        }
    }

    /// A fault outside the list of revisions: one that a revision shows becomes a link to it.
    pub(super) fn or_link(evidence: &Evidence, fault: &Fault) -> Self {
        let mut drilled = evidence.drill.iter().flat_map(|drill| &drill.revisions);
        let shown = drilled.position(|revision| revision.error.as_ref() == Some(fault));
        Self { see: shown.map(anchor), ..Self::new(evidence, fault) }
    }

    pub(super) fn all<'a>(evidence: &Evidence, faults: impl IntoIterator<Item = &'a Fault>) -> Vec<Self> {
        faults.into_iter().map(|fault| Self::new(evidence, fault)).collect()
    }
}

/// The anchor of the revision at a place of the drill, from 0.
pub(super) fn anchor(at: usize) -> String {
    format!("r{}", at + 1)
}

fn lines(excerpt: &Excerpt) -> Vec<LineView> {
    let line = |(at, text): (usize, &String)| {
        let number = excerpt.first_line + at;
        let split = match number == excerpt.position.line {
            true => around_mark(text, excerpt.position.column),
            false => (text.clone(), String::new(), String::new()),
        };
        LineView { number, before: split.0, mark: split.1, after: split.2 }
    };
    excerpt.lines.iter().enumerate().map(line).collect()
}

/// A line before, in and after the word at a column (characters, from 1).
fn around_mark(text: &str, column: usize) -> (String, String, String) {
    let characters: Vec<char> = text.chars().collect();
    let start = (column.max(1) - 1).min(characters.len());
    let is_word = |c: &&char| c.is_alphanumeric() || **c == '_';
    let word = characters[start..].iter().take_while(is_word).count();
    let end = (start + word.max(1)).min(characters.len());
    let part = |range: std::ops::Range<usize>| characters[range].iter().collect();
    (part(0..start), part(start..end), part(end..characters.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_the_word_at_the_column() {
        let marked = |text, column| around_mark(text, column).1;
        assert_eq!(marked("DROP VIEW order_totals;", 11), "order_totals");
        assert_eq!(marked("a;", 2), ";");
        assert_eq!(marked("a", 9), "");
    }
}
