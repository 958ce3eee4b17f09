//! Effects of the actions of ALTER TABLE.
//! Out: whole statements (the module above), changes of type (`types`). Called by the module above.
//! Sources: the manual, ALTER TABLE, "Notes"; and the servers, in the test of effects.

use super::Effects;
use super::types::{TypeChange, type_change};
use crate::functions::is_volatile;
use crate::schema::{ConstraintIs, Schema};
use groundline_core::{LockMode, Major};
use groundline_sql::operation::{Column, Constraint, ConstraintKind, Generated, Name, TableAction};

/// One table, with what an action reaches through it.
pub(super) struct On<'s> {
    schema: &'s Schema,
    major: Major,
    table: Name,
    children: Vec<Name>,
}

impl<'s> On<'s> {
    pub(super) fn new(schema: &'s Schema, major: Major, table: &Name, only: bool) -> Self {
        let table = schema.resolve(table);
        let children = if only { Vec::new() } else { schema.children(&table) };
        Self { schema, major, table, children }
    }

    pub(super) fn action(&self, action: &TableAction) -> Effects {
        use LockMode::{AccessExclusive, ShareRowExclusive, ShareUpdateExclusive};
        match action {
            TableAction::AddColumn { column, if_not_exists } => self.add_column(column, *if_not_exists),
            TableAction::SetType { column, .. } => {
                match type_change(self.schema, &self.table, column, action) {
                    TypeChange::Rewrite(_) => self.rewriting(),
                    TypeChange::Rescan(_) => self.scanning(AccessExclusive),
                    TypeChange::Nothing | TypeChange::Unknown => self.locking(AccessExclusive),
                }
            }
            TableAction::SetNotNull { column } => match self.schema.proves_not_null(&self.table, column) {
                true => self.locking(AccessExclusive),
                false => self.scanning(AccessExclusive),
            },
            TableAction::AddConstraint(constraint) => self.add_constraint(constraint),
            TableAction::DropConstraint { name, cascade } => self.drop_constraint(name, *cascade),
            TableAction::ValidateConstraint { name } => self.validate(name),
            TableAction::Attach { partition, bound, .. } => self.attach(partition, bound),
            TableAction::Detach { partition, concurrently, finalize } => {
                self.detach(partition, *concurrently || *finalize)
            }
            TableAction::Inherit { parent } => {
                let mut effects = self.locking(AccessExclusive);
                effects.lock(self.schema.resolve(parent), ShareUpdateExclusive);
                effects
            }
            TableAction::SetExpression { column } => {
                let stored = self.schema.column(&self.table, column);
                match stored.is_some_and(|column| column.generated == Some(Generated::Virtual)) {
                    true => self.locking(AccessExclusive),
                    false => self.rewriting(),
                }
            }
            TableAction::DropColumn { column, cascade } => self.drop_column(column, *cascade),
            TableAction::RenameTable { .. }
            | TableAction::SetSchema
            | TableAction::Owner
            | TableAction::EnableRowSecurity
            | TableAction::DisableRowSecurity
            | TableAction::ForceRowSecurity
            | TableAction::EnableOrDisableRule
            | TableAction::ReplicaIdentity => self.alone(AccessExclusive),
            other if self.stores_anew(other) => self.rewriting(),
            TableAction::SetStatistics
            | TableAction::SetColumnOptions
            | TableAction::SetOptions { .. }
            | TableAction::ClusterOn => self.locking(ShareUpdateExclusive),
            TableAction::EnableTrigger | TableAction::DisableTrigger => self.alone(ShareRowExclusive),
            _ => self.locking(AccessExclusive),
        }
    }

    /// Whether an action gives the table other files than it has.
    fn stores_anew(&self, action: &TableAction) -> bool {
        let Some(relation) = self.schema.relations.get(&self.table) else {
            return match action {
                TableAction::SetTablespace { .. } | TableAction::SetLogged | TableAction::SetUnlogged => true,
                TableAction::SetAccessMethod { method } => method != "heap",
                _ => false,
            };
        };
        match action {
            TableAction::SetLogged => relation.unlogged,
            TableAction::SetUnlogged => !relation.unlogged,
            TableAction::SetTablespace { tablespace } => {
                relation.tablespace.as_deref().unwrap_or("pg_default") != tablespace
            }
            TableAction::SetAccessMethod { method } => {
                let wanted = if method == "default" { "heap" } else { method };
                relation.method.as_deref().unwrap_or("heap") != wanted
            }
            _ => false,
        }
    }

    fn all(&self) -> impl Iterator<Item = &Name> {
        std::iter::once(&self.table).chain(&self.children)
    }

    /// Those with rows of their own.
    fn stored(&self) -> impl Iterator<Item = &Name> {
        self.all().filter(|name| {
            self.schema.relations.get(name).is_none_or(|relation| relation.partition_key.is_none())
        })
    }

    fn locking(&self, mode: LockMode) -> Effects {
        let mut effects = Effects::default();
        self.all().for_each(|name| effects.lock(name.clone(), mode));
        effects
    }

    /// Without partitions and children.
    fn alone(&self, mode: LockMode) -> Effects {
        let mut effects = Effects::default();
        effects.lock(self.table.clone(), mode);
        effects
    }

    fn scanning(&self, mode: LockMode) -> Effects {
        let mut effects = self.locking(mode);
        effects.scans.extend(self.stored().cloned());
        effects
    }

    fn rewriting(&self) -> Effects {
        let mut effects = self.locking(LockMode::AccessExclusive);
        effects.rewrites.extend(self.stored().cloned());
        effects
    }

    fn add_column(&self, column: &Column, if_not_exists: bool) -> Effects {
        if if_not_exists && self.schema.column(&self.table, &column.name).is_some() {
            return self.locking(LockMode::AccessExclusive);
        }
        if why_rewrites(self.schema, column).is_some() {
            return self.rewriting();
        }
        let has_value =
            column.default.as_ref().is_some_and(|default| !default.text.eq_ignore_ascii_case("null"));
        let mut effects = match column.not_null && !has_value {
            true => self.scanning(LockMode::AccessExclusive),
            false => self.locking(LockMode::AccessExclusive),
        };
        for constraint in &column.constraints {
            let empty = matches!(constraint.kind, ConstraintKind::Foreign { .. }) && !has_value;
            let mut added = self.add_constraint(constraint);
            if empty {
                added.scans.clear();
            }
            effects.add(added);
        }
        effects
    }

    fn add_constraint(&self, constraint: &Constraint) -> Effects {
        let checked = !constraint.not_valid && !constraint.not_enforced;
        match &constraint.kind {
            ConstraintKind::Foreign { table, .. } => {
                let mode = LockMode::ShareRowExclusive;
                let mut effects = if checked { self.scanning(mode) } else { self.locking(mode) };
                let parent = self.schema.resolve(table);
                effects.lock(parent.clone(), mode);
                if checked {
                    effects.scans.insert(parent);
                }
                effects
            }
            ConstraintKind::Primary { index: Some(index), .. } => {
                let keys = self.schema.relations.get(&self.table).and_then(|table| table.indexes.get(index));
                let proven = |keys: &[String]| {
                    keys.iter().all(|column| self.schema.proves_not_null(&self.table, column))
                };
                match keys.is_some_and(|index| proven(&index.keys)) {
                    true => self.locking(LockMode::AccessExclusive),
                    false => self.scanning(LockMode::AccessExclusive),
                }
            }
            ConstraintKind::Unique { index: Some(_), .. } => self.locking(LockMode::AccessExclusive),
            ConstraintKind::Unique { .. } => self.building(),
            ConstraintKind::NotNull { column } if self.schema.proves_not_null(&self.table, column) => {
                self.locking(LockMode::AccessExclusive)
            }
            _ if checked => self.scanning(LockMode::AccessExclusive),
            _ => self.locking(LockMode::AccessExclusive),
        }
    }

    /// A constraint's index is built on the table, and on its partitions as CREATE INDEX does it.
    fn building(&self) -> Effects {
        let mut effects = self.alone(LockMode::AccessExclusive);
        let on_partitions =
            if self.major.number() >= 18 { LockMode::AccessExclusive } else { LockMode::Share };
        self.children.iter().for_each(|name| effects.lock(name.clone(), on_partitions));
        effects.scans.extend(self.stored().cloned());
        effects
    }

    fn foreign_peer(&self, name: &str) -> Option<Name> {
        match &self.schema.relations.get(&self.table)?.constraints.get(name)?.is {
            ConstraintIs::Foreign { table, .. } => Some(table.clone()),
            _ => None,
        }
    }

    /// With CASCADE, foreign keys to a key go with it.
    fn drop_constraint(&self, name: &str, cascade: bool) -> Effects {
        let mut effects = self.locking(LockMode::AccessExclusive);
        if let Some(peer) = self.foreign_peer(name) {
            effects.lock(peer, LockMode::AccessExclusive);
        }
        let constraint = self.schema.relations.get(&self.table).and_then(|table| table.constraints.get(name));
        let is_key =
            constraint.is_some_and(|key| matches!(key.is, ConstraintIs::Primary | ConstraintIs::Unique));
        if cascade && is_key {
            let peers = self.schema.referencing(&self.table);
            peers.into_iter().for_each(|peer| effects.lock(peer, LockMode::AccessExclusive));
        }
        effects
    }

    /// Dropping a column drops its foreign keys.
    fn drop_column(&self, column: &str, cascade: bool) -> Effects {
        let mut effects = self.locking(LockMode::AccessExclusive);
        let constraints =
            self.schema.relations.get(&self.table).into_iter().flat_map(|table| table.constraints.values());
        for constraint in constraints {
            if let ConstraintIs::Foreign { columns, table, .. } = &constraint.is
                && columns.iter().any(|of| of == column)
            {
                effects.lock(table.clone(), LockMode::AccessExclusive);
            }
        }
        if cascade {
            super::cascaded(&self.table, Some(column), self.schema, &mut effects);
        }
        effects
    }

    fn validate(&self, name: &str) -> Effects {
        let constraints = self.schema.relations.get(&self.table).map(|table| &table.constraints);
        if constraints.and_then(|all| all.get(name)).is_some_and(|constraint| constraint.validated) {
            return self.locking(LockMode::ShareUpdateExclusive);
        }
        let mut effects = self.scanning(LockMode::ShareUpdateExclusive);
        if let Some(peer) = self.foreign_peer(name) {
            effects.lock(peer, LockMode::RowShare);
        }
        effects
    }

    fn attach(&self, partition: &Name, bound: &str) -> Effects {
        let mut effects = Effects::default();
        effects.lock(self.table.clone(), LockMode::ShareUpdateExclusive);
        let partition = self.schema.resolve(partition);
        if !self.proves_bound(&partition, bound) {
            effects.scans.insert(partition.clone());
        }
        effects.lock(partition, LockMode::AccessExclusive);
        if let Some(default) = self.schema.default_partition(&self.table) {
            effects.lock(default.clone(), LockMode::AccessExclusive);
            effects.scans.insert(default.clone());
        }
        effects
    }

    /// Whether a valid CHECK names every value of a bound, so that PostgreSQL can prove it without looking at rows.
    fn proves_bound(&self, partition: &Name, bound: &str) -> bool {
        let Some(relation) = self.schema.relations.get(partition) else { return false };
        let values: Vec<_> = values(bound).collect();
        let named = |expression: &str| values.iter().all(|value| expression.contains(value));
        !values.is_empty()
            && relation.constraints.values().any(|constraint| {
                constraint.validated
                    && matches!(&constraint.is, ConstraintIs::Check { expression } if named(expression))
            })
    }

    /// CONCURRENTLY spares the partitioned table; its second transaction locks the partition all the same, once no query
    /// uses it through that table.
    fn detach(&self, partition: &Name, concurrently: bool) -> Effects {
        let mode = if concurrently { LockMode::ShareUpdateExclusive } else { LockMode::AccessExclusive };
        let mut effects = Effects::default();
        effects.lock(self.table.clone(), mode);
        effects.lock(self.schema.resolve(partition), LockMode::AccessExclusive);
        if !concurrently && let Some(default) = self.schema.default_partition(&self.table) {
            effects.lock(default.clone(), LockMode::AccessExclusive);
        }
        effects
    }
}

/// The literals of a partition's bound: quoted texts, and numbers.
fn values(bound: &str) -> impl Iterator<Item = &str> {
    let quoted = bound.split('\'').skip(1).step_by(2);
    let plain = bound.split('\'').step_by(2).flat_map(|text| text.split(|at: char| !at.is_ascii_digit()));
    quoted.chain(plain).filter(|value| !value.is_empty())
}

/// Why a new column has all rows written anew, in words.
pub(crate) fn why_rewrites(schema: &Schema, column: &Column) -> Option<&'static str> {
    if column.kind.is_serial() {
        return Some("each row gets a number of a new sequence");
    }
    match column.generated {
        Some(Generated::Identity) => return Some("each row gets a number of the identity's sequence"),
        Some(Generated::Stored) => {
            return Some("the value of a stored generated column is computed for each row");
        }
        Some(Generated::Virtual) => return None,
        None => {}
    }
    if column.default.as_ref().is_some_and(|default| is_volatile(default, schema)) {
        return Some("its default is volatile: it must be computed for each row");
    }
    let constrained = schema.domain(&column.kind).is_some_and(|domain| domain.constrained);
    constrained.then_some("its type is a domain with a constraint, which is checked for each row")
}
