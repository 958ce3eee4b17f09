//! Differences as the page's tables show them: what went and came, and within a value, what changed of it.
//! What a page can't hold is counted, never dropped silently: `evidence.json` has all of it.

use crate::Tone;
use crate::values::{Extent, LineView, Part, cut, lines, marked};
use groundline_catalog::{Change, Difference};
use groundline_migrate::outcome::Compared;
use serde::Serialize;

/// How many differences of one comparison the page shows.
const SHOWN: usize = 400;
/// How much of a value.
const EXTENT: Extent = Extent { characters: 2_000, lines: 160, rest: "see evidence.json" };
/// How many even when the page has shown its share.
const ALWAYS: usize = 5;

/// How many differences a page may still show.
pub(super) struct Room(usize);

impl Room {
    /// Of a new page.
    pub(super) fn new() -> Self {
        Self(2_000)
    }

    /// Takes as much of it as there is for so many differences.
    fn take(&mut self, wanted: usize) -> usize {
        let taken = wanted.min(SHOWN).min(self.0.max(ALWAYS));
        self.0 = self.0.saturating_sub(taken);
        taken
    }
}

/// Two states that were compared, in words.
pub(super) struct Sides {
    pub(super) caption: &'static str,
    pub(super) before: &'static str,
    pub(super) after: &'static str,
}

impl Sides {
    /// Of a drill's comparison.
    pub(super) fn of(compared: Option<Compared>) -> Self {
        let (before, after) = match compared {
            Some(Compared::AfterDown) => ("Before the up", "After the down"),
            Some(Compared::AfterSecondUp) => ("After the first up", "After the second"),
            None => ("Expected", "Found"),
        };
        Self { caption: crate::describe::comparison(compared), before, after }
    }
}

/// The differences of one comparison.
#[derive(Serialize)]
pub(super) struct DifferencesView {
    caption: &'static str,
    before: &'static str,
    after: &'static str,
    count: usize,
    rows: Vec<RowView>,
    /// Whether objects only came and went, so that there are no values to show.
    plain: bool,
    /// How many are not shown, in words.
    more: Option<String>,
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
    before: Option<Vec<Part>>,
    after: Option<Vec<Part>>,
    lines: Vec<LineView>,
}

impl DifferencesView {
    pub(super) fn new(differences: &[Difference], sides: &Sides, room: &mut Room) -> Self {
        let shown = room.take(differences.len());
        let rows: Vec<RowView> = differences.iter().take(shown).map(row).collect();
        let more = (differences.len() - shown) as u64;
        Self {
            caption: sides.caption,
            before: sides.before,
            after: sides.after,
            count: differences.len(),
            plain: rows.iter().all(|row| row.property.is_none()),
            rows,
            more: (more > 0).then(|| crate::grouped(more)),
        }
    }
}

fn row(difference: &Difference) -> RowView {
    let view = |sign, word, tone| RowView {
        sign,
        word,
        tone,
        kind: difference.object.kind.word(),
        identity: cut(&difference.object.identity, EXTENT.characters),
        property: None,
        before: None,
        after: None,
        lines: Vec::new(),
    };
    match &difference.change {
        Change::Added => view("+", "added", Tone::Good),
        Change::Removed => view("−", "removed", Tone::Bad),
        Change::Changed { property, before, after } => {
            let lines = lines(before.as_deref(), after.as_deref(), EXTENT);
            let (before, after) = match lines.is_empty() {
                true => marked(before.as_deref(), after.as_deref(), EXTENT),
                false => (None, None),
            };
            let property = Some(property.clone());
            RowView { property, lines, before, after, ..view("~", "changed", Tone::Notice) }
        }
        Change::ColumnOrder { before, after } => {
            let (before, after) = marked(Some(&before.join(", ")), Some(&after.join(", ")), EXTENT);
            let property = Some("column order".to_owned());
            RowView { property, before, after, ..view("≈", "reordered", Tone::Notice) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use groundline_catalog::{ObjectId, ObjectKind};

    #[test]
    fn what_is_left_out_is_counted() {
        let object = |number| ObjectId::new(ObjectKind::Table, format!("public.t{number}"));
        let all: Vec<_> =
            (0..900).map(|number| Difference { object: object(number), change: Change::Added }).collect();
        let mut room = Room::new();
        let mut shown = Vec::new();
        for _ in 0..7 {
            let view = DifferencesView::new(&all, &Sides::of(None), &mut room);
            assert_eq!((view.count, view.more), (900, Some((900 - view.rows.len()).to_string())));
            shown.push(view.rows.len());
        }
        assert_eq!(shown, [400, 400, 400, 400, 400, 5, 5]);
        assert_eq!(DifferencesView::new(&all[..3], &Sides::of(None), &mut room).more, None);
    }
}
