//! Folding a long list of differences: where many objects differ alike, some are shown and the others counted.
//! Out: the words for it (`draw`).

use super::tree::{Node, Sign};
use groundline_catalog::{Change, ObjectKind};
use std::collections::HashMap;
use std::fmt::Write as _;

/// Objects of a tree up to which nothing is folded.
const SMALL: usize = 40;
/// How many of those that differ alike are shown, and how many more there must be to fold them.
const SHOWN: usize = 3;
const WORTH: usize = 3;

/// How many of a kind are shown, for a tree of so many objects; `None`: all.
pub(crate) fn shown(objects: usize) -> Option<usize> {
    (objects > SMALL).then_some(SHOWN)
}

/// What stands in a list.
pub(crate) enum Item<'a> {
    /// An object.
    Node(&'a Node),
    /// So many more that differ as this one does.
    More(&'a Node, usize),
}

/// A list of siblings in their order, with at most `shown` of those that differ alike.
pub(crate) fn fold(nodes: &[Node], shown: Option<usize>) -> Vec<Item<'_>> {
    let Some(shown) = shown else { return nodes.iter().map(Item::Node).collect() };
    let mut numbers: HashMap<String, (usize, usize)> = HashMap::new();
    let shapes: Vec<String> = nodes.iter().map(shape).collect();
    for shape in &shapes {
        numbers.entry(shape.clone()).or_default().0 += 1;
    }
    let mut items = Vec::new();
    for (node, shape) in nodes.iter().zip(shapes) {
        let (all, seen) = numbers.entry(shape).or_default();
        *seen += 1;
        if *all < shown + WORTH || *seen <= shown {
            items.push(Item::Node(node));
        } else if *seen == shown + 1 {
            items.push(Item::More(node, *all - shown));
        }
    }
    items
}

/// What differs of an object, but for its name and the values: alike are objects with the same.
fn shape(node: &Node) -> String {
    let mut shape = format!("{:?} {}", node.sign, node.object.kind);
    for what in likeness(node) {
        let _ = write!(shape, "\n{what}");
    }
    shape
}

/// What differs of an object that is on both sides, in words that fit others that differ alike.
pub(crate) fn likeness(node: &Node) -> Vec<String> {
    let change = |change: &Change| match change {
        Change::Changed { property, .. } => property.clone(),
        Change::ColumnOrder { .. } => "column order".to_owned(),
        Change::Added | Change::Removed => String::new(),
    };
    let part = |part: &Node| {
        let sign = part.sign.text();
        match part.object.kind {
            // A column's name is the change; an index is named after its table.
            ObjectKind::Column => format!("{sign} column {}", part.name),
            kind => format!("{sign} {kind}"),
        }
    };
    node.changes.iter().map(change).chain(node.parts.iter().map(part)).collect()
}

impl Sign {
    /// The character for it.
    pub(crate) fn text(self) -> &'static str {
        match self {
            Sign::Added => "+",
            Sign::Removed => "-",
            Sign::Changed | Sign::Within => "~",
        }
    }
}
