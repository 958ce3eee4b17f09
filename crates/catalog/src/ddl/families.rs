//! Which tables leave and join parents, and what of a table is made before it joins a partitioned one or dropped after
//! it left it: the indexes and keys that the partitioned table would make there under names of its own choice.
//! Source: PostgreSQL manual, ALTER TABLE ("ATTACH PARTITION": equivalent indexes are attached, missing ones made).
//! Out: the statements (`kinds::family`), the order (`order::family`).
//! Called by `actions` and `order`.

use super::kinds::{self, Family};
use super::side::Side;
use crate::{ObjectId, ObjectKind};
use std::collections::BTreeMap;

pub(super) struct Families<'s> {
    of: BTreeMap<ObjectId, Family>,
    before: Side<'s>,
    after: Side<'s>,
}

impl<'s> Families<'s> {
    pub fn between(before: Side<'s>, after: Side<'s>) -> Self {
        let mut families = Self { of: BTreeMap::new(), before, after };
        let tables = [ObjectKind::Table, ObjectKind::ForeignTable]
            .into_iter()
            .flat_map(|kind| after.schema.of_kind(kind));
        for (id, _) in tables {
            let has_parents = |side: Side<'_>| side.property(id, "inherits").is_some();
            let family = match before.get(id) {
                Some(_) if has_parents(before) || has_parents(after) => kinds::family(id, before, after),
                None if families.comes_to_indexes(id) => kinds::joined(id, after),
                _ => continue,
            };
            if !family.leaves.is_empty() || !family.joins.is_empty() || !family.cannot.is_empty() {
                families.of.insert(id.clone(), family);
            }
        }
        families
    }

    pub fn iter(&self) -> impl Iterator<Item = (&ObjectId, &Family)> {
        self.of.iter()
    }

    /// Whether a table is made without its parents, and joins them afterwards.
    pub fn is_alone(&self, table: &ObjectId) -> bool {
        self.of.contains_key(table) && self.before.get(table).is_none()
    }

    /// Whether it is there before its table joins the partitioned one, which then takes it for its own.
    pub fn is_early(&self, id: &ObjectId) -> bool {
        let family = self.after.parent(id).and_then(|table| self.of.get(table));
        let Some(family) = family.filter(|family| family.is_partition && !family.joins.is_empty()) else {
            return false;
        };
        match id.kind {
            ObjectKind::Constraint if self.after.property(id, "inherited").is_some() => {
                let wanted = self.after.property(id, "definition");
                let theirs = family.joined.iter().flat_map(|parent| self.after.children(parent));
                theirs.into_iter().any(|other| {
                    other.kind == id.kind
                        && self.after.property(other, "definition") == wanted
                        && self.stays(other)
                })
            }
            ObjectKind::Index => self
                .after
                .property(id, "attached to")
                .is_some_and(|to| self.stays(&ObjectId::new(ObjectKind::Index, to))),
            _ => false,
        }
    }

    /// Whether its table has it of a partitioned one, and keeps it when it leaves.
    pub fn is_late(&self, id: &ObjectId) -> bool {
        let table = self.before.parent(id);
        let leaves =
            table.and_then(|table| self.of.get(table)).is_some_and(|family| !family.leaves.is_empty());
        let is_partition = || table.is_some_and(|table| self.before.is_partition(table));
        leaves
            && is_partition()
            && match id.kind {
                ObjectKind::Constraint => self.before.property(id, "inherited").is_some(),
                ObjectKind::Index => self.before.property(id, "attached to").is_some(),
                _ => false,
            }
    }

    /// Whether it is the same before and after.
    fn stays(&self, id: &ObjectId) -> bool {
        let digest = |side: Side<'_>| side.get(id).map(|object| object.digest);
        digest(self.before).is_some() && digest(self.before) == digest(self.after)
    }

    /// Whether a new partition's table is there already, with an index or a key.
    fn comes_to_indexes(&self, table: &ObjectId) -> bool {
        let after = self.after;
        if table.kind != ObjectKind::Table || !after.is_partition(table) {
            return false;
        }
        let parent = after.property(table, "inherits").unwrap_or_default();
        let parts = after.children(&ObjectId::new(ObjectKind::Table, parent));
        let mut indexes = parts.filter(|part| match part.kind {
            ObjectKind::Index => true,
            ObjectKind::Constraint => after.made_with(part).next().is_some(),
            _ => false,
        });
        indexes.any(|index| self.before.get(index).is_some())
    }
}
