//! Two values of a property, and what changed from one to the other: by lines where there are several, by words
//! otherwise.
//! Out: drawing it. Called by the renderers of differences.

use crate::Tone;
use serde::Serialize;
use similar::{ChangeTag, TextDiff};

/// How much of a value is shown.
#[derive(Clone, Copy)]
pub(crate) struct Extent {
    /// Characters of a value or of a line.
    pub characters: usize,
    /// Lines of a value.
    pub lines: usize,
    /// Where the rest can be seen.
    pub rest: &'static str,
}

/// Lines around a change, and characters before it where a value is too long to show its beginning.
const AROUND: usize = 3;
const BEFORE: usize = 80;
/// Beyond so many lines, or characters of one, no difference is computed: it would take long.
const COMPARED_LINES: usize = 4_000;
const COMPARED_CHARACTERS: usize = 4_000;

/// A part of a value: its text and whether it is what changed.
pub(crate) type Part = (String, bool);

/// One line of a value of several lines.
#[derive(Serialize)]
pub(crate) struct LineView {
    pub(crate) sign: &'static str,
    pub(crate) tone: Option<Tone>,
    /// Whether it is no line, but says how many are left out.
    pub(crate) gap: bool,
    pub(crate) text: String,
}

impl LineView {
    fn gap(number: usize, what: &str) -> Self {
        let text = format!("{} {what}", crate::count(number, "line"));
        Self { sign: "⋯", tone: None, gap: true, text }
    }
}

/// Two values of one line, with what changed marked where most of it stayed.
pub(crate) fn marked(
    before: Option<&str>,
    after: Option<&str>,
    extent: Extent,
) -> (Option<Vec<Part>>, Option<Vec<Part>>) {
    let limit = extent.characters;
    let plain = |text: &str| vec![(cut(text, limit), false)];
    let (Some(before), Some(after)) = (before, after) else {
        return (before.map(plain), after.map(plain));
    };
    let (before, after) = (window(before, after, limit), window(after, before, limit));
    if before.len().max(after.len()) > COMPARED_CHARACTERS {
        return (Some(plain(&before)), Some(plain(&after)));
    }
    let difference = TextDiff::from_words(&before, &after);
    if difference.ratio() < 0.4 {
        return (Some(plain(&before)), Some(plain(&after)));
    }
    let side = |left_out: ChangeTag| {
        let mut parts: Vec<Part> = Vec::new();
        for change in difference.iter_all_changes().filter(|change| change.tag() != left_out) {
            let is_changed = change.tag() != ChangeTag::Equal;
            match parts.last_mut() {
                Some((text, last)) if *last == is_changed => text.push_str(change.value()),
                _ => parts.push((change.value().to_owned(), is_changed)),
            }
        }
        Some(parts)
    };
    (side(ChangeTag::Insert), side(ChangeTag::Delete))
}

/// The lines of two values around what changed, where both are there and one has several lines.
pub(crate) fn lines(before: Option<&str>, after: Option<&str>, extent: Extent) -> Vec<LineView> {
    let (Some(before), Some(after)) = (before, after) else { return Vec::new() };
    if !before.trim_end().contains('\n') && !after.trim_end().contains('\n') {
        return Vec::new();
    }
    let start = |text: &str| text.split_inclusive('\n').take(COMPARED_LINES).collect::<String>();
    let (before, after) = (start(before), start(after));
    let difference = TextDiff::from_lines(&before, &after);
    let (mut shown, mut reached) = (Vec::new(), 0);
    for hunk in difference.grouped_ops(AROUND) {
        let skipped = hunk.first().map_or(0, |op| op.old_range().start.saturating_sub(reached));
        if skipped > 0 {
            shown.push(LineView::gap(skipped, "the same"));
        }
        reached = hunk.last().map_or(reached, |op| op.old_range().end);
        let changes = hunk.iter().flat_map(|op| difference.iter_changes(op));
        shown.extend(changes.map(|change| line(change.tag(), change.value(), extent.characters)));
    }
    let rest = difference.old_slices().len().saturating_sub(reached);
    if rest > 0 && !shown.is_empty() {
        shown.push(LineView::gap(rest, "the same"));
    }
    let more = shown.len().saturating_sub(extent.lines);
    if more > 0 {
        shown.truncate(extent.lines);
        shown.push(LineView::gap(more, &format!("more: {}", extent.rest)));
    }
    shown
}

fn line(tag: ChangeTag, text: &str, limit: usize) -> LineView {
    let (sign, tone) = match tag {
        ChangeTag::Delete => ("−", Some(Tone::Bad)),
        ChangeTag::Insert => ("+", Some(Tone::Good)),
        ChangeTag::Equal => (" ", None),
    };
    LineView { sign, tone, gap: false, text: cut(text.trim_end_matches('\n'), limit) }
}

/// The start of a text, with a sign where it goes on.
pub(crate) fn cut(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

/// The part of a long text in which it differs from another.
fn window(text: &str, other: &str, limit: usize) -> String {
    if text.chars().nth(limit).is_none() {
        return text.to_owned();
    }
    let shared = text.chars().zip(other.chars()).take_while(|(a, b)| a == b).count();
    match shared.saturating_sub(BEFORE) {
        0 => cut(text, limit),
        skipped => format!("…{}", cut(&text.chars().skip(skipped).collect::<String>(), limit)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXTENT: Extent = Extent { characters: 2_000, lines: 160, rest: "see elsewhere" };

    #[test]
    fn values_of_several_lines_are_compared_by_line() {
        let signs = |before: &str, after: &str| -> String {
            lines(Some(before), Some(after), EXTENT).iter().map(|line| line.sign).collect()
        };
        assert_eq!(signs("a\nb\nc", "a\nB\nc"), " −+ ");
        assert_eq!(signs("a", "b"), "");
        assert!(lines(None, Some("a\nb"), EXTENT).is_empty());
        let long = |change: &str| format!("{}{change}\n{}", "same\n".repeat(50), "end\n".repeat(20));
        assert_eq!(signs(&long("a"), &long("b")), "⋯   −+   ⋯");
        assert!(lines(Some(&"a\n".repeat(500)), Some(&"b\n".repeat(500)), EXTENT).len() <= EXTENT.lines + 1);
    }

    #[test]
    fn what_changed_of_a_value_is_marked() {
        let (before, after) = marked(Some("USING btree (userid)"), Some("USING btree (type)"), EXTENT);
        assert_eq!(before.unwrap(), [("USING btree ".to_owned(), false), ("(userid)".to_owned(), true)]);
        assert_eq!(after.unwrap()[1], ("(type)".to_owned(), true));
        let (before, _) = marked(Some("text"), Some("integer"), EXTENT);
        assert_eq!(before.unwrap(), [("text".to_owned(), false)]);
        let long = |end: &str| format!("{}{end}", "same ".repeat(1_000));
        let (before, _) = marked(Some(&long("old")), Some(&long("new")), EXTENT);
        assert!(before.unwrap().contains(&("old".to_owned(), true)));
    }
}
