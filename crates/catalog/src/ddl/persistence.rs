//! Tables that become logged or unlogged, and the foreign keys between them: no logged table refers to an unlogged one,
//! not between two statements either. Source: PostgreSQL's `ATPrepChangePersistence`, which looks at one table's keys.
//! Out: the statements (`kinds::table`), their order (`order::persistence`). Made by `actions`, and used by `order`.

use super::section::is_foreign_key;
use super::side::Side;
use crate::{ObjectId, ObjectKind};
use std::collections::{BTreeMap, BTreeSet};

/// The tables that change, by themselves and by the partitioned tables above them, whose keys are theirs.
pub(super) struct Persistence<'s> {
    changing: BTreeMap<&'s ObjectId, Vec<&'s ObjectId>>,
    before: Side<'s>,
    after: Side<'s>,
}

/// A foreign key, and the tables that change at its ends.
pub(super) struct Key<'s> {
    pub id: &'s ObjectId,
    pub children: Vec<&'s ObjectId>,
    pub parents: Vec<&'s ObjectId>,
}

impl<'s> Persistence<'s> {
    pub fn between(before: Side<'s>, after: Side<'s>) -> Self {
        let mut changing: BTreeMap<&ObjectId, Vec<&ObjectId>> = BTreeMap::new();
        for (table, _) in after.schema.of_kind(ObjectKind::Table) {
            let of = |side: Side<'s>| side.get(table).map(|_| side.property(table, "persistence"));
            if of(before).is_none_or(|was| Some(was) == of(after)) {
                continue;
            }
            for at in std::iter::once(table).chain(after.partitioned_above(table)) {
                changing.entry(at).or_default().push(table);
            }
        }
        Self { changing, before, after }
    }

    /// The foreign keys of a side that a table that changes is at an end of.
    pub fn keys(&self, side: Side<'s>) -> Vec<Key<'s>> {
        if self.changing.is_empty() {
            return Vec::new();
        }
        let of = |table: &ObjectId| self.changing.get(table).cloned().unwrap_or_default();
        let keys = side.schema.of_kind(ObjectKind::Constraint).filter_map(|(id, _)| {
            let child = side.parent(id).filter(|_| is_foreign_key(side.schema, id))?;
            let needed: BTreeSet<&ObjectId> =
                side.needs.of(id).filter_map(|needed| side.table_of(needed)).collect();
            let parents = needed.into_iter().filter(|table| *table != child).flat_map(of).collect();
            Some(Key { id, children: of(child), parents })
        });
        keys.filter(|key| !key.children.is_empty() || !key.parents.is_empty()).collect()
    }

    /// Which table comes before which because of a key that is there all the time.
    pub fn turns(&self, key: &Key<'s>) -> Vec<(&'s ObjectId, &'s ObjectId)> {
        let pairs = key
            .children
            .iter()
            .flat_map(|child| key.parents.iter().map(move |parent| (*child, *parent)))
            .filter(|(child, parent)| child != parent);
        let turn = |(child, parent)| match self.after.property(child, "persistence") {
            Some(_) => (child, parent),
            None => (parent, child),
        };
        pairs.map(turn).collect()
    }

    /// The keys that lead around in a circle: none of their tables can be the first.
    pub fn circular(&self) -> Vec<&'s ObjectId> {
        let mut keys = self.keys(self.after);
        keys.retain(|key| self.before.get(key.id).is_some());
        let turns: Vec<_> = keys.iter().map(|key| (key.id, self.turns(key))).collect();
        let mut next: BTreeMap<&ObjectId, Vec<&ObjectId>> = BTreeMap::new();
        for (first, then) in turns.iter().flat_map(|(_, turns)| turns) {
            next.entry(first).or_default().push(then);
        }
        let leads_back = |(first, then): &(&ObjectId, &'s ObjectId)| {
            let (mut seen, mut open) = (BTreeSet::new(), vec![*then]);
            while let Some(here) = open.pop() {
                let more = next.get(here).into_iter().flatten().filter(|table| seen.insert(**table));
                open.extend(more.copied());
            }
            seen.contains(*first)
        };
        turns.into_iter().filter(|(_, turns)| turns.iter().any(leads_back)).map(|(id, _)| id).collect()
    }
}
