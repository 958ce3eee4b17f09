//! The objects of a reading, by the unit that they are read with, and the snapshot that they make.
//! Out: making objects of rows (`printed`, `printer`). Called by the reader.

use super::queries::Reach;
use super::scope::Excluded;
use super::versions::Units;
use groundline_catalog::{Object, ObjectId, ObjectKind, Snapshot};
use groundline_core::ServerVersion;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

type Made = (ObjectId, Arc<Object>);

/// All objects of a database, by what they are read with.
#[derive(Default)]
pub(super) struct Assembly {
    units: HashMap<(Reach, u32), Vec<Made>>,
    rest: Vec<Made>,
    /// Relations that are left out: their sequences are, too.
    excluded: HashSet<u32>,
    notes: BTreeSet<String>,
}

impl Assembly {
    /// All of it.
    pub fn snapshot(&self, server: ServerVersion) -> Snapshot {
        let all = self.units.values().flatten().chain(&self.rest);
        Snapshot {
            objects: all.cloned().collect(),
            notes: self.notes.iter().cloned().collect(),
            ..Snapshot::empty(server)
        }
    }
}

/// Objects that were read.
pub(super) struct Objects<'e> {
    pub exclude: &'e Excluded,
    /// The relation or routine of a unit.
    heads: HashMap<(Reach, u32), ObjectId>,
    /// Sequences and the tables that own them.
    owned: Vec<(u32, u32)>,
    read: Assembly,
}

impl<'e> Objects<'e> {
    /// None yet.
    pub fn new(exclude: &'e Excluded) -> Self {
        Self { exclude, heads: HashMap::new(), owned: Vec::new(), read: Assembly::default() }
    }

    /// Says that the unit of a relation or routine is this object; its parts can be added from now on. Whether it
    /// counts.
    pub fn head(&mut self, reach: Reach, unit: u32, id: &ObjectId) -> bool {
        if self.exclude.relation(&id.identity) {
            self.read.excluded.insert(unit);
            return false;
        }
        self.heads.insert((reach, unit), id.clone());
        true
    }

    /// The relation or routine of a unit; none where it is left out.
    pub fn head_of(&self, reach: Reach, unit: u32) -> Option<&ObjectId> {
        self.heads.get(&(reach, unit))
    }

    /// Says that a sequence belongs to a table, with which it is left out.
    pub fn owned(&mut self, sequence: u32, table: u32) {
        self.owned.push((sequence, table));
    }

    /// Adds an object.
    pub fn add(&mut self, reach: Reach, unit: u32, id: ObjectId, object: Object) {
        if !self.exclude.profile.includes(id.kind) {
            return;
        }
        let made = (id, Arc::new(object));
        match reach {
            Reach::Complete => self.read.rest.push(made),
            reach => self.read.units.entry((reach, unit)).or_default().push(made),
        }
    }

    /// Adds something that the reader saw and can't read.
    pub fn note(&mut self, note: String) {
        self.read.notes.insert(note);
    }

    /// They are everything; those that are as they were in `before` are shared with it.
    pub fn complete(mut self, before: &Assembly) -> Assembly {
        self.drop_sequences_of_excluded(&HashSet::new());
        let mut known: HashMap<&ObjectId, &Arc<Object>> = HashMap::new();
        known.extend(before.units.values().flatten().chain(&before.rest).map(|(id, object)| (id, object)));
        let all = self.read.units.values_mut().flatten().chain(&mut self.read.rest);
        for (id, object) in all {
            share(object, known.get(id).copied());
        }
        self.read
    }

    /// They are those of the changed units; all others are as they were in `before`.
    pub fn in_part(mut self, mut before: Assembly, changed: &Units) -> Assembly {
        self.drop_sequences_of_excluded(&before.excluded);
        for unit in changed.all() {
            let old = before.units.remove(&unit).unwrap_or_default();
            if let Some(mut new) = self.read.units.remove(&unit) {
                let old: HashMap<_, _> = old.iter().map(|(id, object)| (id, object)).collect();
                for (id, object) in &mut new {
                    share(object, old.get(id).copied());
                }
                before.units.insert(unit, new);
            }
        }
        before.excluded.extend(self.read.excluded);
        before.notes.extend(self.read.notes);
        before
    }

    fn drop_sequences_of_excluded(&mut self, excluded_before: &HashSet<u32>) {
        for (sequence, owner) in &self.owned {
            if self.read.excluded.contains(owner) || excluded_before.contains(owner) {
                self.read.units.remove(&(Reach::Relations, *sequence));
            }
        }
    }
}

/// Whether an object is what its unit is named after.
pub(super) fn is_head(reach: Reach, kind: ObjectKind) -> bool {
    reach == Reach::Routines
        && matches!(kind, ObjectKind::Function | ObjectKind::Procedure | ObjectKind::Aggregate)
}

/// Takes the old object in place of an equal new one, so that many snapshots share it.
fn share(new: &mut Arc<Object>, old: Option<&Arc<Object>>) {
    if let Some(old) = old.filter(|old| *old == new) {
        *new = old.clone();
    }
}
