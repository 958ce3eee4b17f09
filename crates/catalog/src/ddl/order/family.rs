//! When tables leave parents and join others, among all that happens to both.
//! Out: the statements (`kinds::family`), what is made before and dropped after (`families`). Called by the order.

use super::{Graph, parent_of};
use crate::ddl::Does;
use crate::ddl::families::Families;
use crate::ddl::kinds::{self, Family};
use crate::ddl::side::Side;
use crate::{ObjectId, ObjectKind};
use std::collections::HashMap;

/// Nodes by the object that theirs lives with, or is.
type ByParent<'g> = HashMap<&'g ObjectId, Vec<(&'g ObjectId, usize)>>;

impl Graph {
    pub(super) fn add_families(&mut self, families: &Families<'_>, before: Side<'_>, after: Side<'_>) {
        for (table, family) in families.iter() {
            if !family.leaves.is_empty() {
                let node = self.node(table, Does::Alter, family.leaves.clone(), before.schema);
                self.leaves.insert(table.clone(), node);
            }
            if !family.joins.is_empty() {
                let node = self.node(table, Does::Alter, family.joins.clone(), after.schema);
                self.joins.insert(table.clone(), node);
            }
        }
    }

    pub(super) fn link_families(&mut self, families: &Families<'_>, before: Side<'_>, after: Side<'_>) {
        let mut edges = Vec::new();
        let drops = by_parent(self.drops.iter(), before);
        let makes = by_parent(self.makes.iter(), after);
        for (table, family) in families.iter() {
            edges.extend(self.leaving(families, table, family, (&drops, &makes)));
            edges.extend(self.joining(families, table, family, (&drops, &makes), (before, after)));
        }
        self.come_after(edges);
    }

    /// A table leaves before anything happens to its parents, and before what it keeps of them is dropped.
    fn leaving(
        &self,
        families: &Families<'_>,
        table: &ObjectId,
        family: &Family,
        (drops, makes): (&ByParent<'_>, &ByParent<'_>),
    ) -> Vec<(usize, usize)> {
        let Some(leave) = self.leaves.get(table) else { return Vec::new() };
        let theirs = family.left.iter().flat_map(|parent| [of(drops, parent), of(makes, parent)].concat());
        let kept = of(drops, table).into_iter().filter(|(id, _)| families.is_late(id));
        let own = of(makes, table).into_iter().map(|(_, make)| make).chain(self.joins.get(table).copied());
        theirs.chain(kept).map(|(_, node)| node).chain(own).map(|node| (node, *leave)).collect()
    }

    /// A table joins when it has all that it needs to, and its parents are what they are to be; what then comes to it by
    /// them comes later.
    fn joining(
        &self,
        families: &Families<'_>,
        table: &ObjectId,
        family: &Family,
        (drops, makes): (&ByParent<'_>, &ByParent<'_>),
        (before, after): (Side<'_>, Side<'_>),
    ) -> Vec<(usize, usize)> {
        let Some(join) = self.joins.get(table) else { return Vec::new() };
        let mut edges = Vec::new();
        for (id, make) in of(makes, table) {
            let is_inheritable = || kinds::is_inheritable(id, after);
            match id.kind {
                ObjectKind::Table | ObjectKind::ForeignTable | ObjectKind::Column => {
                    edges.push((*join, make));
                }
                ObjectKind::Constraint | ObjectKind::Index if families.is_early(id) => {
                    edges.push((*join, make));
                }
                ObjectKind::Constraint if is_inheritable() => edges.push((*join, make)),
                ObjectKind::Index if after.property(id, "attached to").is_some() => edges.push((make, *join)),
                ObjectKind::Trigger if after.property(id, "inherited").is_some() => edges.push((make, *join)),
                _ => {}
            }
        }
        edges.extend(of(drops, table).into_iter().map(|(_, drop)| (*join, drop)));
        for parent in &family.joined {
            edges.extend(of(drops, parent).into_iter().map(|(_, drop)| (*join, drop)));
            for (id, make) in of(makes, parent) {
                let own = ObjectId::new(ObjectKind::Column, format!("{}.{}", table.identity, id.last_part()));
                let is_there = before.get(&own).is_some() || families.is_alone(table);
                let comes = after.property(&own, "inherited") == Some("true") && !is_there;
                edges.push(match id.kind {
                    ObjectKind::Column if comes => (make, *join),
                    ObjectKind::Index | ObjectKind::Constraint | ObjectKind::Trigger => (make, *join),
                    _ => (*join, make),
                });
            }
        }
        edges.extend(self.of_partitions(table, after).into_iter().map(|node| (*join, node)));
        edges
    }

    /// What is made of the partitions that a table has itself: its indexes are whole only with theirs.
    fn of_partitions(&self, table: &ObjectId, after: Side<'_>) -> Vec<usize> {
        if !after.is_partitioned(table) {
            return Vec::new();
        }
        let is_below = |id: &ObjectId| {
            let of = after.table_of(id);
            of.is_some_and(|of| after.partitioned_above(of).any(|above| above == table))
        };
        let kinds = [ObjectKind::Table, ObjectKind::Index, ObjectKind::Constraint];
        let makes = self.makes.iter().filter(|(id, _)| kinds.contains(&id.kind) && is_below(id));
        makes.map(|(_, make)| *make).collect()
    }
}

/// The nodes of what lives with an object, and its own.
fn of<'g>(nodes: &ByParent<'g>, id: &ObjectId) -> Vec<(&'g ObjectId, usize)> {
    nodes.get(id).cloned().unwrap_or_default()
}

fn by_parent<'g>(nodes: impl Iterator<Item = (&'g ObjectId, &'g usize)>, side: Side<'g>) -> ByParent<'g> {
    let mut by: ByParent<'g> = HashMap::new();
    for (id, node) in nodes {
        let above = parent_of(side.schema, id);
        for of in [Some(id), above].into_iter().flatten() {
            by.entry(of).or_default().push((id, *node));
        }
    }
    by
}
