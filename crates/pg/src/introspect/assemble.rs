//! The objects of a reading, by the unit that they are read with, and the snapshot that they make.
//! Out: making objects of rows (`printed`, `printer`). Called by the reader.

use super::queries::Reach;
use super::scope::Excluded;
use super::versions::Units;
use groundline_catalog::{Object, ObjectId, ObjectKind, Snapshot};
use groundline_core::ServerVersion;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

type Made = (ObjectId, Arc<Object>);

/// All objects of a database, and what each is read with.
#[derive(Default)]
pub(super) struct Assembly {
    all: BTreeMap<ObjectId, Arc<Object>>,
    units: HashMap<(Reach, u32), Vec<ObjectId>>,
    /// Relations that are left out: their sequences are, too.
    excluded: HashSet<u32>,
    notes: BTreeSet<String>,
}

impl Assembly {
    /// All of it.
    pub fn snapshot(&self, server: ServerVersion) -> Snapshot {
        let notes = self.notes.iter().cloned().collect();
        Snapshot { objects: self.all.clone(), notes, ..Snapshot::empty(server) }
    }

    /// All of it, and nothing to read again with.
    pub fn into_snapshot(self, server: ServerVersion) -> Snapshot {
        Snapshot { objects: self.all, notes: self.notes.into_iter().collect(), ..Snapshot::empty(server) }
    }
}

/// Objects that were read.
pub(super) struct Objects<'e> {
    pub exclude: &'e Excluded,
    /// The relation or routine of a unit.
    heads: HashMap<(Reach, u32), ObjectId>,
    /// Sequences and the tables that own them.
    owned: Vec<(u32, u32)>,
    units: HashMap<(Reach, u32), Vec<Made>>,
    rest: Vec<Made>,
    excluded: HashSet<u32>,
    notes: BTreeSet<String>,
}

impl<'e> Objects<'e> {
    /// None yet.
    pub fn new(exclude: &'e Excluded) -> Self {
        Self {
            exclude,
            heads: HashMap::new(),
            owned: Vec::new(),
            units: HashMap::new(),
            rest: Vec::new(),
            excluded: HashSet::new(),
            notes: BTreeSet::new(),
        }
    }

    /// Says that the unit of a relation or routine is this object; its parts can be added from now on. Whether it
    /// counts.
    pub fn head(&mut self, reach: Reach, unit: u32, id: &ObjectId) -> bool {
        if self.exclude.relation(&id.identity) {
            self.excluded.insert(unit);
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
            Reach::Complete => self.rest.push(made),
            reach => self.units.entry((reach, unit)).or_default().push(made),
        }
    }

    /// Adds something that the reader saw and can't read.
    pub fn note(&mut self, note: String) {
        self.notes.insert(note);
    }

    /// They are everything; those that are as they were in `before` are shared with it.
    pub fn complete(mut self, before: &Assembly) -> Assembly {
        self.drop_sequences_of_excluded(&HashSet::new());
        let ids = |made: &Vec<Made>| made.iter().map(|(id, _)| id.clone()).collect();
        let units = self.units.iter().map(|(unit, made)| (*unit, ids(made))).collect();
        let made = self.units.into_values().flatten().chain(self.rest);
        let all = made.map(|(id, object)| {
            let object = shared(object, before.all.get(&id));
            (id, object)
        });
        Assembly { all: all.collect(), units, excluded: self.excluded, notes: self.notes }
    }

    /// They are those of the changed units; all others are as they were in `before`.
    pub fn in_part(mut self, mut before: Assembly, changed: &Units) -> Assembly {
        self.drop_sequences_of_excluded(&before.excluded);
        let mut old = HashMap::new();
        for unit in changed.all() {
            for id in before.units.remove(&unit).unwrap_or_default() {
                old.extend(before.all.remove_entry(&id));
            }
        }
        for (unit, made) in self.units {
            let mut ids = Vec::with_capacity(made.len());
            for (id, object) in made {
                let object = shared(object, old.get(&id));
                before.all.insert(id.clone(), object);
                ids.push(id);
            }
            before.units.insert(unit, ids);
        }
        before.excluded.extend(self.excluded);
        before.notes.extend(self.notes);
        before
    }

    fn drop_sequences_of_excluded(&mut self, excluded_before: &HashSet<u32>) {
        for (sequence, owner) in &self.owned {
            if self.excluded.contains(owner) || excluded_before.contains(owner) {
                self.units.remove(&(Reach::Relations, *sequence));
            }
        }
    }
}

/// Whether an object is what its unit is named after.
pub(super) fn is_head(reach: Reach, kind: ObjectKind) -> bool {
    reach == Reach::Routines
        && matches!(kind, ObjectKind::Function | ObjectKind::Procedure | ObjectKind::Aggregate)
}

/// The old object in place of an equal new one, so that many snapshots share it.
fn shared(new: Arc<Object>, old: Option<&Arc<Object>>) -> Arc<Object> {
    old.filter(|old| **old == new).cloned().unwrap_or(new)
}
