//! The comparison of two schemas: which two, how they differ, and the same as a tree for people.
//! Out: reading schemas (`pg`), and finding differences (`catalog`).
//! Called by the commands `diff` and `drift`.

mod draw;
mod fold;
mod tree;

pub(crate) use draw::{Drawing, Line, Role};

use crate::scope::merged;
use crate::seal::scrubbed;
use crate::{SchemaKey, count, pattern_line};
use draw::draw;
use groundline_catalog::{Change, Difference, ObjectKind, PatternUse, Snapshot, diff};
use groundline_core::{Result, ServerVersion, scrub};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use tree::Tree;

/// The version of the JSON of comparisons and of drift.
pub const COMPARISON_VERSION: u32 = 1;

/// Two schemas and how they differ, as JSON has it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Comparison {
    /// [`COMPARISON_VERSION`] at the time of writing.
    pub schema_version: u32,
    /// The one side.
    pub before: Side,
    /// The other.
    pub after: Side,
    /// Whether they are the same, columns in the same order.
    pub equal: bool,
    /// From `before` to `after`.
    pub differences: Vec<Difference>,
}

/// One side of a comparison.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Side {
    /// What it is, as the person named it; without a password.
    pub name: String,
    /// The server that it was read from.
    pub server: ServerVersion,
    /// What identifies its schema.
    #[serde(flatten)]
    pub key: SchemaKey,
    /// What the scope's patterns matched in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub patterns: Vec<PatternUse>,
    /// What could not be read of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

impl Side {
    /// Of a schema.
    pub fn new(name: &str, schema: &Snapshot) -> Self {
        Self {
            name: scrub(name),
            server: schema.server,
            key: SchemaKey::of(schema),
            patterns: schema.patterns.clone(),
            notes: schema.notes.clone(),
        }
    }
}

/// A comparison that can be drawn.
pub struct Compared {
    data: Comparison,
    tree: Tree,
}

impl Compared {
    /// Compares two schemas of one major and one scope, each with its name. Secrets are scrubbed.
    pub fn new(before: (&str, &Snapshot), after: (&str, &Snapshot)) -> Result<Self> {
        let data = scrubbed(&Comparison {
            schema_version: COMPARISON_VERSION,
            before: Side::new(before.0, before.1),
            after: Side::new(after.0, after.1),
            equal: before.1 == after.1,
            differences: diff(before.1, after.1),
        })?;
        let tree = Tree::new(&data.differences, before.1, after.1);
        Ok(Self { data, tree })
    }

    /// The data.
    pub fn data(&self) -> &Comparison {
        &self.data
    }

    /// How many of which kinds of objects came, went and changed, in one line.
    pub fn summary(&self) -> String {
        let mut said = Vec::new();
        for word in ["added", "removed", "changed", "reordered"] {
            let meant = self.data.differences.iter().filter(|one| change_word(&one.change) == word);
            let objects: BTreeSet<_> = meant.map(|one| &one.object).collect();
            let of = |kind: &ObjectKind| objects.iter().filter(|id| id.kind == *kind).count();
            let kinds = ObjectKind::ALL.iter().map(|kind| (of(kind), kind.word()));
            let kinds: Vec<String> =
                kinds.filter(|(number, _)| *number > 0).map(|(number, word)| count(number, word)).collect();
            if !kinds.is_empty() {
                said.push(format!("{word} {}", kinds.join(", ")));
            }
        }
        let differences = count(self.data.differences.len(), "difference");
        if said.is_empty() { differences } else { format!("{differences}: {}", said.join("; ")) }
    }

    pub(crate) fn lines(&self, drawing: Drawing) -> Vec<Line> {
        draw(&self.tree, drawing)
    }
}

fn change_word(change: &Change) -> &'static str {
    match change {
        Change::Added => "added",
        Change::Removed => "removed",
        Change::Changed { .. } => "changed",
        Change::ColumnOrder { .. } => "reordered",
    }
}

/// What the scope's patterns matched on either side, in words.
pub(crate) fn left_out(sides: [&Side; 2]) -> Vec<String> {
    merged(sides.into_iter().map(|side| &side.patterns[..])).iter().map(pattern_line).collect()
}
