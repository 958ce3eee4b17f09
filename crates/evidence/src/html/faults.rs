//! Faults as the page shows them.

use crate::{Evidence, Excerpt};
use groundline_core::{Fault, Place};
use serde::Serialize;

/// So many places of the same fault are shown.
const PLACES: usize = 40;

/// A fault, or several that differ in their places only.
#[derive(Serialize)]
pub(super) struct FaultView {
    what: String,
    why: Option<String>,
    next: Option<String>,
    sqlstate: Option<String>,
    places: Vec<PlaceView>,
    /// How many more places it has.
    more: usize,
    /// The anchor of the revision that shows all of it; then only `what` is shown here.
    see: Option<String>,
}

/// A place, the folder apart from the name.
#[derive(Serialize)]
struct PlaceView {
    folder: String,
    name: String,
    lines: Vec<LineView>,
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
            why: fault.why.clone(),
            next: fault.next.clone(),
            sqlstate: fault.sqlstate.clone(),
            places: PlaceView::of(evidence, fault).into_iter().collect(),
            more: 0,
            see: None,
        }
    }

    /// A fault outside the list of revisions: one that a revision shows becomes a link to it.
    pub(super) fn or_link(evidence: &Evidence, fault: &Fault) -> Self {
        let mut drilled = evidence.drill.iter().flat_map(|drill| &drill.revisions);
        let shown = drilled.position(|revision| revision.error.as_ref() == Some(fault));
        Self { see: shown.map(anchor), ..Self::new(evidence, fault) }
    }

    /// Faults, those together that differ in their places only.
    pub(super) fn grouped<'a>(evidence: &Evidence, faults: impl IntoIterator<Item = &'a Fault>) -> Vec<Self> {
        let mut groups: Vec<(&Fault, Self)> = Vec::new();
        for fault in faults {
            match groups.iter_mut().find(|(first, _)| differ_in_place(first, fault)) {
                Some((_, group)) if group.places.len() == PLACES => group.more += 1,
                Some((_, group)) => group.places.extend(PlaceView::of(evidence, fault)),
                None => groups.push((fault, Self::new(evidence, fault))),
            }
        }
        groups.into_iter().map(|(_, view)| view).collect()
    }
}

/// Whether two faults say the same of two places.
fn differ_in_place(one: &Fault, other: &Fault) -> bool {
    let says = |fault: &'_ Fault| {
        (fault.what.clone(), fault.why.clone(), fault.next.clone(), fault.sqlstate.clone())
    };
    one.place.is_some() && other.place.is_some() && says(one) == says(other)
}

impl PlaceView {
    fn of(evidence: &Evidence, fault: &Fault) -> Option<Self> {
        let place = fault.place.as_ref()?;
        let text = place.to_string();
        let name = match place {
            Place::File { .. } => text.rfind(['/', '\\']).map_or(0, |at| at + 1),
            Place::Object(_) => 0,
        };
        Some(Self {
            folder: text[..name].to_owned(),
            name: text[name..].to_owned(),
            lines: Excerpt::find(&evidence.excerpts, fault).map(lines).unwrap_or_default(),
        })
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
