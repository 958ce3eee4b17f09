//! What a statement does to a live database: which locks, what is rewritten, what is read in full under them.
//! In: the effects, as data, and those of whole statements. Out: ALTER TABLE (`table`) and changes of type (`types`).
//! Called by rules; `pg` fills the same data from what a server did.
//!
//! Each claim here is held against servers of every major: a test runs each statement and compares.

mod table;
mod types;

pub(crate) use table::why_rewrites;
pub use types::{TypeChange, type_change};

use crate::schema::{RelationIs, Schema};
use groundline_core::{LockMode, Major};
use groundline_sql::operation::{
    ConstraintKind, DomainAction, Name, NewIndex, NewTable, OnTable, Operation, ReindexOf, RelationKind,
};
use std::collections::{BTreeMap, BTreeSet};

/// Effects on relations that were there before the script. Names are full.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Effects {
    /// The strongest lock that is taken on each relation.
    pub locks: BTreeMap<Name, LockMode>,
    /// Tables and materialized views whose rows are written anew.
    pub rewrites: BTreeSet<Name>,
    /// Relations that are read in full while they are locked against DDL at least.
    pub scans: BTreeSet<Name>,
}

impl Effects {
    /// The lock on a relation.
    pub fn lock_on(&self, name: &Name) -> Option<LockMode> {
        self.locks.get(name).copied()
    }

    /// Adds other effects.
    pub fn add(&mut self, other: Effects) {
        for (name, mode) in other.locks {
            self.lock(name, mode);
        }
        self.rewrites.extend(other.rewrites);
        self.scans.extend(other.scans);
    }

    /// Notes a lock.
    pub fn lock(&mut self, name: Name, mode: LockMode) {
        let held = self.locks.entry(name).or_insert(mode);
        *held = (*held).max(mode);
    }

    /// Takes away what concerns relations that nobody else can see yet.
    fn without_created(mut self, schema: &Schema) -> Effects {
        let is_new = |name: &Name| schema.relations.get(name).is_some_and(|relation| relation.created);
        self.locks.retain(|name, _| !is_new(name));
        self.rewrites.retain(|name| !is_new(name));
        self.scans.retain(|name| !is_new(name));
        self
    }
}

/// Effects of a statement, and those of each action of an ALTER TABLE, in its order.
pub fn of(operation: &Operation, schema: &Schema, major: Major) -> (Effects, Vec<Effects>) {
    let (whole, parts) = match operation {
        Operation::AlterTable { table, only, actions } => {
            let on = table::On::new(schema, major, table, *only);
            let parts: Vec<_> = actions.iter().map(|(_, action)| on.action(action)).collect();
            let mut whole = Effects::default();
            parts.iter().cloned().for_each(|part| whole.add(part));
            (whole, parts)
        }
        other => (statement(other, schema), Vec::new()),
    };
    let parts = parts.into_iter().map(|part| part.without_created(schema)).collect();
    (whole.without_created(schema), parts)
}

fn statement(operation: &Operation, schema: &Schema) -> Effects {
    use LockMode::{AccessExclusive, Exclusive, RowExclusive, Share, ShareUpdateExclusive};
    let mut effects = Effects::default();
    let full = |name: &Name| schema.resolve(name);
    match operation {
        Operation::CreateTable(table) => create_table(table, schema, &mut effects),
        Operation::CreateView { name, .. } if schema.relation(name).is_some() => {
            effects.lock(full(name), AccessExclusive);
        }
        Operation::Refresh { name, concurrently: true } => {
            scanned(std::iter::once(full(name)), Exclusive, &mut effects);
        }
        Operation::Refresh { name, .. } => rewritten(full(name), &mut effects),
        Operation::DropRelation { kind: RelationKind::Sequence, .. }
        | Operation::RenameRelation { kind: RelationKind::Sequence, .. } => {}
        Operation::RenameRelation { name, .. } => effects.lock(full(name), AccessExclusive),
        Operation::DropRelation { kind, names, cascade, if_exists } => {
            let there = |name: &&Name| !(*if_exists && schema.known && schema.relation(name).is_none());
            for name in names.iter().filter(there) {
                dropped(*kind, full(name), schema, &mut effects);
                if *cascade {
                    cascaded(&full(name), None, schema, &mut effects);
                }
            }
        }
        Operation::Truncate { tables, cascade } => truncate(tables, *cascade, schema, &mut effects),
        Operation::CreateIndex(index) => create_index(index, schema, &mut effects),
        Operation::DropIndex { names, concurrently, .. } => {
            let mode = if *concurrently { ShareUpdateExclusive } else { AccessExclusive };
            for (table, _) in names.iter().filter_map(|name| schema.index(name)) {
                let partitions = schema.children(table);
                std::iter::once(table.clone()).chain(partitions).for_each(|name| effects.lock(name, mode));
            }
        }
        Operation::Reindex { of, concurrently } => {
            let mode = if *concurrently { ShareUpdateExclusive } else { Share };
            let table = match of {
                ReindexOf::Index(name) => schema.index(name).map(|(table, _)| table.clone()),
                ReindexOf::Table(name) => Some(full(name)),
                ReindexOf::Many(_) => None,
            };
            let has_index =
                |name: &Name| schema.relations.get(name).is_none_or(|relation| !relation.indexes.is_empty());
            match table {
                Some(table) if has_index(&table) => scanned(std::iter::once(table), mode, &mut effects),
                Some(table) => effects.lock(table, mode),
                None => {}
            }
        }
        Operation::Cluster { table } => table.iter().for_each(|name| rewritten(full(name), &mut effects)),
        Operation::Vacuum { full: true, tables } => {
            tables.iter().for_each(|name| rewritten(full(name), &mut effects));
        }
        Operation::Vacuum { tables, .. } | Operation::Analyze { tables } | Operation::Publish { tables } => {
            tables.iter().for_each(|name| effects.lock(full(name), ShareUpdateExclusive));
        }
        Operation::Lock { tables, mode } => {
            let mode = LockMode::read(mode).unwrap_or(AccessExclusive);
            tables.iter().for_each(|name| effects.lock(full(name), mode));
        }
        Operation::DropStatistics { names } => {
            let tables = names.iter().filter_map(|name| schema.statistics(name));
            tables.for_each(|table| effects.lock(table, ShareUpdateExclusive));
        }
        Operation::OnTable { what, table } => {
            let children = match what {
                OnTable::CreateTrigger { each_row: true } => schema.children(&full(table)),
                _ => Vec::new(),
            };
            std::iter::once(full(table)).chain(children).for_each(|name| effects.lock(name, of_table(*what)));
        }
        Operation::AlterDomain { name, action } => {
            let checks = match action {
                DomainAction::AddConstraint { not_valid, .. } => !not_valid,
                DomainAction::SetNotNull | DomainAction::Validate { .. } => true,
                DomainAction::Other => false,
            };
            if checks {
                let users = schema.users_of_type(&schema.resolve_type(name));
                scanned(users.into_iter(), Share, &mut effects);
            }
        }
        Operation::DropSchema { names, cascade: true } => {
            let inside =
                |name: &&Name| names.iter().any(|dropped| name.schema.as_ref() == Some(&dropped.name));
            let is_relation = |name: &&Name| schema.relations[*name].is != RelationIs::Sequence;
            let relations = schema.relations.keys().filter(inside).filter(is_relation);
            relations.for_each(|name| effects.lock(name.clone(), AccessExclusive));
        }
        Operation::Merge { table }
        | Operation::Update { table, .. }
        | Operation::Delete { table, .. }
        | Operation::Insert { table, .. } => {
            effects.lock(full(table), RowExclusive);
        }
        _ => {}
    }
    effects
}

fn of_table(what: OnTable) -> LockMode {
    match what {
        OnTable::CreateTrigger { .. } => LockMode::ShareRowExclusive,
        OnTable::ChangeTrigger | OnTable::Policy | OnTable::Rule => LockMode::AccessExclusive,
        OnTable::Statistics | OnTable::Comment => LockMode::ShareUpdateExclusive,
    }
}

fn rewritten(name: Name, effects: &mut Effects) {
    effects.lock(name.clone(), LockMode::AccessExclusive);
    effects.rewrites.insert(name);
}

fn scanned(names: impl Iterator<Item = Name>, mode: LockMode, effects: &mut Effects) {
    for name in names {
        effects.lock(name.clone(), mode);
        effects.scans.insert(name);
    }
}

fn create_table(table: &NewTable, schema: &Schema, effects: &mut Effects) {
    if table.if_not_exists && schema.relation(&table.name).is_some() {
        return;
    }
    for constraint in table.all_constraints() {
        if let ConstraintKind::Foreign { table: parent, .. } = &constraint.kind
            && parent.name != table.name.name
        {
            effects.lock(schema.resolve(parent), LockMode::ShareRowExclusive);
        }
    }
    if let Some(parent) = &table.partition_of {
        let parent = schema.resolve(parent);
        if let Some(default) = schema.default_partition(&parent) {
            scanned(std::iter::once(default.clone()), LockMode::AccessExclusive, effects);
        }
        effects.lock(parent, LockMode::AccessExclusive);
    }
    for parent in &table.inherits {
        effects.lock(schema.resolve(parent), LockMode::ShareUpdateExclusive);
    }
}

fn create_index(index: &NewIndex, schema: &Schema, effects: &mut Effects) {
    let table = schema.resolve(&index.table);
    let mode = if index.concurrently { LockMode::ShareUpdateExclusive } else { LockMode::Share };
    let is_there = index.name.as_ref().is_some_and(|name| {
        let schema_of = table.schema.clone();
        index.if_not_exists && schema.index(&Name { schema: schema_of, name: name.clone() }).is_some()
    });
    if is_there {
        return effects.lock(table, mode);
    }
    let children = if index.only { Vec::new() } else { schema.children(&table) };
    for name in std::iter::once(table).chain(children) {
        effects.lock(name.clone(), mode);
        if schema.relations.get(&name).is_none_or(|relation| relation.partition_key.is_none()) {
            effects.scans.insert(name);
        }
    }
}

fn dropped(kind: RelationKind, name: Name, schema: &Schema, effects: &mut Effects) {
    if kind == RelationKind::Table {
        for peer in schema.referenced(&name) {
            effects.lock(peer, LockMode::AccessExclusive);
        }
        for child in schema.children(&name) {
            effects.lock(child, LockMode::AccessExclusive);
        }
        for parent in schema.relations.get(&name).into_iter().flat_map(|relation| &relation.parents) {
            if schema.relations.get(parent).is_some_and(|parent| parent.partition_key.is_some()) {
                effects.lock(parent.clone(), LockMode::AccessExclusive);
            }
        }
    }
    effects.lock(name, LockMode::AccessExclusive);
}

/// What CASCADE takes with a relation or one of its columns: views, and views on them.
fn cascaded(name: &Name, column: Option<&str>, schema: &Schema, effects: &mut Effects) {
    for view in schema.views_on(name, column) {
        effects.lock(view.clone(), LockMode::AccessExclusive);
        cascaded(&view, None, schema, effects);
    }
}

fn truncate(tables: &[Name], cascade: bool, schema: &Schema, effects: &mut Effects) {
    let mut reached: Vec<Name> = tables.iter().map(|name| schema.resolve(name)).collect();
    let mut next = 0;
    while let Some(name) = reached.get(next).cloned() {
        let mut found = schema.children(&name);
        if cascade {
            found.extend(schema.referencing(&name));
        }
        let new: Vec<_> = found.into_iter().filter(|name| !reached.contains(name)).collect();
        reached.extend(new);
        next += 1;
    }
    for name in reached {
        effects.lock(name.clone(), LockMode::AccessExclusive);
        if schema.relations.get(&name).is_none_or(|relation| relation.partition_key.is_none()) {
            effects.rewrites.insert(name);
        }
    }
}
