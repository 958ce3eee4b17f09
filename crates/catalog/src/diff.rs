//! The difference of two snapshots, as data.
//! Out: drawing it, and the DDL that would remove it.
//! Called by the drill, onboarding, reports.

use crate::{Object, ObjectId, ObjectKind, Snapshot};
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// One difference between a snapshot `before` and one `after`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// Which object.
    #[serde(flatten)]
    pub object: ObjectId,
    /// What differs.
    #[serde(flatten)]
    pub change: Change,
}

/// What differs of one object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    /// Only in `after`.
    Added,
    /// Only in `before`.
    Removed,
    /// In both, with another value of a property. `None`: it has no such property.
    Changed {
        /// The property.
        property: String,
        /// Its value before.
        before: Option<String>,
        /// Its value after.
        after: Option<String>,
    },
    /// The same columns in another order; the object is the table.
    ColumnOrder {
        /// Column names before.
        before: Vec<String>,
        /// Column names after.
        after: Vec<String>,
    },
}

/// All differences, in the order of kinds and identities. Objects that come or go with their parent (the
/// columns of a dropped table) are left out: the parent says it. It is empty exactly if the two have the
/// same ordered fingerprint.
pub fn diff(before: &Snapshot, after: &Snapshot) -> Vec<Difference> {
    let mut differences = Vec::new();
    let mut moved_tables = BTreeSet::new();
    for (id, old, new) in side_by_side(before, after) {
        match (old, new) {
            (Some(object), Some(other)) => {
                compare(id, object, other, &mut differences, &mut moved_tables);
            }
            (Some(object), None) if !parent_speaks(object, before, after) => {
                differences.push(Difference { object: id.clone(), change: Change::Removed });
            }
            (None, Some(object)) if !parent_speaks(object, after, before) => {
                differences.push(Difference { object: id.clone(), change: Change::Added });
            }
            // Its parent says it.
            _ => {}
        }
    }
    differences.extend(column_orders(before, after, &moved_tables));
    // Stable: what is said of one object stays in its order.
    differences.sort_by(|a, b| a.object.cmp(&b.object));
    differences
}

/// Every object of two snapshots as it is in each, in the order of kinds and identities.
pub(crate) fn side_by_side<'s>(
    before: &'s Snapshot,
    after: &'s Snapshot,
) -> impl Iterator<Item = (&'s ObjectId, Option<&'s Arc<Object>>, Option<&'s Arc<Object>>)> {
    let mut old = before.objects.iter().peekable();
    let mut new = after.objects.iter().peekable();
    std::iter::from_fn(move || {
        let next = match (old.peek(), new.peek()) {
            (None, None) => return None,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some((id, _)), Some((other, _))) => id.cmp(other),
        };
        let left = old.next_if(|_| next.is_le());
        let right = new.next_if(|_| next.is_ge());
        let (id, _) = left.or(right)?;
        Some((id, left.map(|(_, object)| object), right.map(|(_, object)| object)))
    })
}

/// Whether the object's parent is only on the object's side, so that it speaks for the object. A parent that is left out
/// of both, such as an extension's member with a grant, speaks for nobody.
fn parent_speaks(object: &Object, side: &Snapshot, other_side: &Snapshot) -> bool {
    let is_only_here = |parent| side.objects.contains_key(parent) && !other_side.objects.contains_key(parent);
    object.parent.as_ref().is_some_and(is_only_here)
}

/// Compares one object that is on both sides.
fn compare(
    id: &ObjectId,
    before: &Arc<Object>,
    after: &Arc<Object>,
    differences: &mut Vec<Difference>,
    moved_tables: &mut BTreeSet<ObjectId>,
) {
    if Arc::ptr_eq(before, after) {
        return;
    }
    if before.order != after.order {
        moved_tables.extend(after.parent.clone());
    }
    if before.digest == after.digest {
        return;
    }
    let names: BTreeSet<_> = before.properties.keys().chain(after.properties.keys()).collect();
    for property in names {
        let value = |object: &Object| object.properties.get(property).map(ToString::to_string);
        let (before, after) = (value(before), value(after));
        if before != after {
            let change = Change::Changed { property: property.to_string(), before, after };
            differences.push(Difference { object: id.clone(), change });
        }
    }
}

/// The tables whose common columns stand in another order.
fn column_orders(before: &Snapshot, after: &Snapshot, tables: &BTreeSet<ObjectId>) -> Vec<Difference> {
    if tables.is_empty() {
        return Vec::new();
    }
    let (mut old, mut new) = (columns(before, after, tables), columns(after, before, tables));
    let difference = |table: &ObjectId| {
        let names = |columns: Option<BTreeMap<u32, &str>>| -> Vec<String> {
            columns.unwrap_or_default().into_values().map(str::to_owned).collect()
        };
        let (before, after) = (names(old.remove(table)), names(new.remove(table)));
        let change = Change::ColumnOrder { before, after };
        match &change {
            Change::ColumnOrder { before, after } if before == after => None,
            _ => Some(Difference { object: table.clone(), change }),
        }
    };
    tables.iter().filter_map(difference).collect()
}

/// The columns of some tables that the other snapshot has as well, by place.
fn columns<'a>(
    snapshot: &'a Snapshot,
    other: &Snapshot,
    tables: &BTreeSet<ObjectId>,
) -> BTreeMap<&'a ObjectId, BTreeMap<u32, &'a str>> {
    let mut columns: BTreeMap<_, BTreeMap<_, _>> = BTreeMap::new();
    for (id, object) in snapshot.of_kind(ObjectKind::Column) {
        if let (Some(table), Some(place)) = (&object.parent, object.order)
            && tables.contains(table)
            && other.objects.contains_key(id)
        {
            columns.entry(table).or_default().insert(place, id.last_part());
        }
    }
    columns
}
