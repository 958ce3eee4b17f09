//! Differences as the page's tables show them.

use crate::Tone;
use groundline_catalog::{Change, Difference};
use serde::Serialize;
use similar::{ChangeTag, TextDiff};

/// How many differences of one comparison the page shows, and how many characters of a value.
const SHOWN: usize = 600;
const VALUE: usize = 4_000;

/// The differences of one comparison.
#[derive(Serialize)]
pub(super) struct DifferencesView {
    count: usize,
    rows: Vec<RowView>,
    more: usize,
}

/// One difference.
#[derive(Serialize)]
struct RowView {
    sign: &'static str,
    word: &'static str,
    tone: Tone,
    kind: &'static str,
    identity: String,
    property: Option<String>,
    before: Option<String>,
    after: Option<String>,
    lines: Vec<LineView>,
}

/// One line of a value of several lines.
#[derive(Serialize)]
struct LineView {
    sign: &'static str,
    tone: Option<Tone>,
    text: String,
}

impl DifferencesView {
    pub(super) fn new(differences: &[Difference]) -> Self {
        Self {
            count: differences.len(),
            rows: differences.iter().take(SHOWN).map(row).collect(),
            more: differences.len().saturating_sub(SHOWN),
        }
    }
}

fn row(difference: &Difference) -> RowView {
    let view = |sign, word, tone| RowView {
        sign,
        word,
        tone,
        kind: difference.object.kind.word(),
        identity: difference.object.identity.to_string(),
        property: None,
        before: None,
        after: None,
        lines: Vec::new(),
    };
    match &difference.change {
        Change::Added => view("+", "added", Tone::Good),
        Change::Removed => view("−", "removed", Tone::Bad),
        Change::Changed { property, before, after } => RowView {
            property: Some(property.clone()),
            lines: line_difference(before.as_deref(), after.as_deref()),
            before: before.as_deref().map(cut),
            after: after.as_deref().map(cut),
            ..view("~", "changed", Tone::Notice)
        },
        Change::ColumnOrder { before, after } => RowView {
            property: Some("column order".to_owned()),
            before: Some(cut(&before.join(", "))),
            after: Some(cut(&after.join(", "))),
            ..view("≈", "reordered", Tone::Notice)
        },
    }
}

/// The lines of two values, where both are there and one has several: which went, came, stayed.
fn line_difference(before: Option<&str>, after: Option<&str>) -> Vec<LineView> {
    let (Some(before), Some(after)) = (before, after) else { return Vec::new() };
    if !before.trim_end().contains('\n') && !after.trim_end().contains('\n') {
        return Vec::new();
    }
    let (before, after) = (cut(before), cut(after));
    let line = |tag, text: &str| {
        let (sign, tone) = match tag {
            ChangeTag::Delete => ("−", Some(Tone::Bad)),
            ChangeTag::Insert => ("+", Some(Tone::Good)),
            ChangeTag::Equal => (" ", None),
        };
        LineView { sign, tone, text: text.trim_end_matches('\n').to_owned() }
    };
    let difference = TextDiff::from_lines(&before, &after);
    difference.iter_all_changes().map(|change| line(change.tag(), change.value())).collect()
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(VALUE) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_several_lines_are_compared_by_line() {
        let signs = |before, after| -> String {
            line_difference(Some(before), Some(after)).iter().map(|line| line.sign).collect()
        };
        assert_eq!(signs("a\nb\nc", "a\nB\nc"), " −+ ");
        assert_eq!(signs("a", "b"), "");
        assert!(line_difference(None, Some("a\nb")).is_empty());
    }
}
