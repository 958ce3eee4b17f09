//! What the newest revision does, for the picture of the schema: marks on tables and columns, and the same in words.
//! Out: the difference itself (`newest`), the picture (`diagram`). Called by the page and the picture.

use crate::describe::{count, difference_line, within};
use crate::{NewestChange, SchemaFacts, Tone};
use groundline_catalog::{Change, Difference, ObjectId, ObjectKind};
use serde::Serialize;
use std::collections::BTreeMap;

/// Differences that are told in words, and characters of their values.
const TOLD: usize = 12;
const VALUE: usize = 60;

/// What became of a table or a column. The sign says it, the tone repeats it.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) struct Mark {
    sign: &'static str,
    word: &'static str,
    tone: Tone,
}

const ADDED: Mark = Mark { sign: "+", word: "added", tone: Tone::Good };
const CHANGED: Mark = Mark { sign: "~", word: "changed", tone: Tone::Notice };
const REMOVED: Mark = Mark { sign: "−", word: "removed", tone: Tone::Bad };

/// Marks by table and by column.
#[derive(Default)]
pub(super) struct Marks<'a> {
    tables: BTreeMap<&'a str, Mark>,
    /// By table, in the order of the difference: a column's name and its mark.
    columns: BTreeMap<&'a str, Vec<(&'a str, Mark)>>,
}

/// The revision in words.
#[derive(Serialize)]
pub(super) struct NewestView<'a> {
    revision: &'a str,
    lines: Vec<(Tone, String)>,
    /// How many more there are than are told.
    more: Option<String>,
    legend: [Mark; 3],
}

impl<'a> NewestView<'a> {
    pub(super) fn new(newest: &'a NewestChange) -> Self {
        let line = |one: &Difference| (mark(&one.change).tone, difference_line(one, VALUE, true));
        let more = newest.differences.len().saturating_sub(TOLD);
        Self {
            revision: &newest.revision,
            lines: newest.differences.iter().take(TOLD).map(line).collect(),
            more: (more > 0).then(|| count(more, "more difference")),
            legend: [ADDED, CHANGED, REMOVED],
        }
    }
}

impl<'a> Marks<'a> {
    /// Of the tables and columns that a schema has, and of the columns that it has no more.
    pub(super) fn new(schema: &'a SchemaFacts, newest: &'a NewestChange) -> Self {
        let mut marks = Self::default();
        let tables: Vec<&'a str> = schema
            .objects
            .iter()
            .filter(|one| one.id.kind == ObjectKind::Table)
            .map(|one| &*one.id.identity)
            .collect();
        for one in &newest.differences {
            let Some(table) = table_of(&one.object, schema, &tables) else { continue };
            let is_table = one.object.kind == ObjectKind::Table;
            let of_table = if is_table { mark(&one.change) } else { CHANGED };
            marks.tables.entry(table).or_insert(of_table);
            if one.object.kind == ObjectKind::Column {
                let columns = marks.columns.entry(table).or_default();
                let name = within(&one.object.identity, table);
                if columns.iter().all(|(known, _)| *known != name) {
                    columns.push((name, mark(&one.change)));
                }
            }
        }
        marks
    }

    pub(super) fn of_table(&self, table: &str) -> Option<Mark> {
        self.tables.get(table).copied()
    }

    pub(super) fn of_column(&self, table: &str, column: &str) -> Option<Mark> {
        let columns = self.columns.get(table)?;
        columns.iter().find(|(name, _)| *name == column).map(|(_, mark)| *mark)
    }

    /// The columns that the table has no more.
    pub(super) fn removed(&self, table: &str) -> impl Iterator<Item = (&'a str, Mark)> + '_ {
        self.columns.get(table).into_iter().flatten().copied().filter(|(_, mark)| *mark == REMOVED)
    }
}

fn mark(change: &Change) -> Mark {
    match change {
        Change::Added => ADDED,
        Change::Removed => REMOVED,
        Change::Changed { .. } | Change::ColumnOrder { .. } => CHANGED,
    }
}

/// The table that an object belongs to: itself, what its chain of parents leads to, or, of one that is there no more, the table
/// whose name its own begins with.
fn table_of<'a>(id: &ObjectId, schema: &SchemaFacts, tables: &[&'a str]) -> Option<&'a str> {
    let named = |name: &str| tables.iter().copied().find(|table| *table == name);
    let mut at = id.clone();
    // A chain that went in a circle would end, too.
    for _ in 0..8 {
        if at.kind == ObjectKind::Table {
            return named(&at.identity);
        }
        match schema.objects.iter().find(|one| one.id == at).and_then(|one| one.parent.clone()) {
            Some(parent) => at = parent,
            None => break,
        }
    }
    tables.iter().copied().find(|table| within(&id.identity, table) != &*id.identity)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_removed_part_belongs_to_the_table_that_its_name_begins_with() {
        let tables = ["public.orders", "public.order"];
        let id = ObjectId::new(ObjectKind::Column, "public.orders.note");
        let schema = SchemaFacts {
            server: groundline_core::ServerVersion::from_num(170_006),
            fingerprint: None,
            objects: Vec::new(),
        };
        assert_eq!(table_of(&id, &schema, &tables), Some("public.orders"));
        let index = ObjectId::new(ObjectKind::Index, "public.orders_note_idx");
        assert_eq!(table_of(&index, &schema, &tables), None);
    }
}
