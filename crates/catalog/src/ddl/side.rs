//! A schema of the two, with what a plan asks of it again and again: what needs what, what lives with what.
//! Out: the plan (`actions`, `order`). Called by all of this room.

use super::Dependencies;
use super::kinds::comes_with_parent;
use crate::{Object, ObjectId, ObjectKind, Snapshot};
use std::collections::HashMap;
use std::sync::Arc;

/// A schema, and what needs what in it.
#[derive(Clone, Copy)]
pub(super) struct Side<'s> {
    pub schema: &'s Snapshot,
    pub needs: &'s Dependencies,
    pub kin: &'s Kin<'s>,
}

/// What lives with what.
pub(super) struct Kin<'s> {
    children: HashMap<&'s ObjectId, Vec<&'s ObjectId>>,
}

impl<'s> Kin<'s> {
    pub fn of(schema: &'s Snapshot) -> Self {
        let mut children: HashMap<&ObjectId, Vec<&ObjectId>> = HashMap::new();
        for (id, object) in &schema.objects {
            if let Some(parent) = &object.parent {
                children.entry(parent).or_default().push(id);
            }
        }
        Self { children }
    }
}

impl<'s> Side<'s> {
    pub fn get(&self, id: &ObjectId) -> Option<&'s Object> {
        self.schema.objects.get(id).map(Arc::as_ref)
    }

    pub fn property(&self, id: &ObjectId, property: &str) -> Option<&'s str> {
        self.get(id)?.properties.get(property).map(AsRef::as_ref)
    }

    /// What an object lives with.
    pub fn parent(&self, id: &ObjectId) -> Option<&'s ObjectId> {
        self.get(id)?.parent.as_ref()
    }

    /// What lives with an object, in the order of kinds and names.
    pub fn children(&self, id: &ObjectId) -> impl Iterator<Item = &'s ObjectId> + use<'s> {
        let none: &[&ObjectId] = &[];
        self.kin.children.get(id).map_or(none, Vec::as_slice).iter().copied()
    }

    /// What lives with an object, and what lives with that.
    pub fn within(&self, id: &ObjectId) -> Vec<&'s ObjectId> {
        let mut within: Vec<_> = self.children(id).collect();
        let mut at = 0;
        while let Some(inner) = within.get(at) {
            let inner = self.children(inner);
            within.extend(inner);
            at += 1;
        }
        within
    }

    /// What is made by the statement of an object: the columns of a table, the index of a constraint.
    pub fn made_with(&self, id: &ObjectId) -> impl Iterator<Item = &'s ObjectId> + use<'s> {
        let side = *self;
        self.children(id).filter(move |child| {
            let comes = || side.get(child).is_some_and(|object| comes_with_parent(child, object));
            child.kind == ObjectKind::Column || comes()
        })
    }

    /// The table that an object lives with, or is.
    pub fn table_of(&self, id: &'s ObjectId) -> Option<&'s ObjectId> {
        match id.kind {
            ObjectKind::Table => Some(id),
            _ => self.parent(id).and_then(|parent| self.table_of(parent)),
        }
    }

    /// Whether a table is a partition.
    pub fn is_partition(&self, table: &ObjectId) -> bool {
        self.property(table, "partition bound").is_some()
    }

    /// The partitioned tables that a table is below, from the nearest on.
    pub fn partitioned_above(self, table: &ObjectId) -> impl Iterator<Item = &'s ObjectId> {
        let above = move |table: &ObjectId| {
            let parent = self.property(table, "inherits").filter(|_| self.is_partition(table))?;
            let parent = self.schema.objects.get_key_value(&ObjectId::new(ObjectKind::Table, parent));
            parent.map(|(id, _)| id)
        };
        std::iter::successors(above(table), move |table| above(table))
    }

    /// Whether a table is a partitioned one.
    pub fn is_partitioned(&self, table: &ObjectId) -> bool {
        self.property(table, "partition key").is_some()
    }
}
