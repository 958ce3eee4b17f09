//! What later statements of a script say of what this one takes away or leaves open: a name that another object gets, a
//! default that comes back, a key or an index that follows.
//! Out: what earlier ones did (`schema`). Called by rules.

use crate::context::Context;
use groundline_sql::operation::{ConstraintKind, Name, NewIndex, Operation, TableAction, TypeAction};

impl<'c> Context<'c> {
    /// All later statements.
    pub(crate) fn later(&self) -> &'c [Operation] {
        &self.flow.operations[self.index + 1..]
    }

    /// Whether the same transaction gives the name of a relation to another one.
    pub(crate) fn relation_returns(&self, full: &Name) -> bool {
        self.flow.later_in_transaction(self.index).any(|operation| match operation {
            Operation::CreateTable(table) => self.schema.resolve(&table.name) == *full,
            Operation::CreateTableAs { name, .. }
            | Operation::CreateView { name, .. }
            | Operation::CreateMaterializedView { name } => self.schema.resolve(name) == *full,
            Operation::AlterTable { table, actions, .. } => actions.iter().any(|(_, action)| {
                let TableAction::RenameTable { to } = action else { return false };
                let schema = self.schema.resolve(table).schema;
                Name { schema, name: to.clone() } == *full
            }),
            _ => false,
        })
    }

    /// Whether the same transaction gives the name of a type to another one.
    pub(crate) fn type_returns(&self, full: &Name) -> bool {
        self.flow.later_in_transaction(self.index).any(|operation| match operation {
            Operation::CreateEnum { name, .. }
            | Operation::CreateType { name }
            | Operation::CreateDomain { name, .. } => self.schema.resolve_type(name) == *full,
            Operation::AlterType { action: TypeAction::Rename { to: Some(to) }, .. } => *to == full.name,
            _ => false,
        })
    }

    /// Actions of the same transaction on a table, from this statement's own on.
    fn actions_from_here(&self, table: &Name) -> impl Iterator<Item = &'c TableAction> {
        let all = std::iter::once(self.operation).chain(self.flow.later_in_transaction(self.index));
        all.flat_map(move |operation| match operation {
            Operation::AlterTable { table: of, actions, .. } if self.schema.resolve(of) == *table => {
                actions.as_slice()
            }
            _ => &[],
        })
        .map(|(_, action)| action)
    }

    /// Whether the same transaction gives the name of a column to another one.
    pub(crate) fn column_returns(&self, table: &Name, column: &str) -> bool {
        self.actions_from_here(table).any(|action| match action {
            TableAction::AddColumn { column: new, .. } => new.name == column,
            TableAction::RenameColumn { to, .. } => to == column,
            _ => false,
        })
    }

    /// Whether the same transaction gives a column a value for inserts that leave it out.
    pub(crate) fn default_returns(&self, table: &Name, column: &str) -> bool {
        self.actions_from_here(table).any(|action| {
            matches!(action, TableAction::SetDefault { column: of, .. } | TableAction::AddIdentity { column: of } if of == column)
        })
    }

    /// Keys that this statement or a later one gives a table, by their columns, and whether each is the primary key.
    pub(crate) fn keys_to_come(&self, table: &Name) -> Vec<(Vec<String>, bool)> {
        let all = std::iter::once(self.operation).chain(self.later());
        let mut keys = Vec::new();
        for operation in all {
            match operation {
                Operation::CreateTable(new) if self.schema.resolve(&new.name) == *table => {
                    keys.extend(new.all_constraints().filter_map(|each| key(&each.kind)));
                }
                Operation::AlterTable { table: of, actions, .. } if self.schema.resolve(of) == *table => {
                    for (_, action) in actions {
                        let added = match action {
                            TableAction::AddConstraint(constraint) => std::slice::from_ref(&**constraint),
                            TableAction::AddColumn { column, .. } => &column.constraints,
                            _ => &[],
                        };
                        keys.extend(added.iter().filter_map(|each| key(&each.kind)));
                    }
                }
                Operation::CreateIndex(index) if self.schema.resolve(&index.table) == *table => {
                    keys.extend(unique_key(index).map(|columns| (columns, false)));
                }
                _ => {}
            }
        }
        keys
    }

    /// Whether a later statement makes an index on a table that begins with these columns.
    pub(crate) fn index_follows(&self, table: &Name, columns: &[String]) -> bool {
        let begins = |keys: &[String]| keys.starts_with(columns);
        let made = |operation: &Operation| match operation {
            Operation::CreateIndex(index) => {
                index.predicate.is_none()
                    && begins(&index.keys)
                    && self.schema.resolve(&index.table) == *table
            }
            _ => false,
        };
        self.later().iter().any(made) || self.keys_to_come(table).iter().any(|(keys, _)| begins(keys))
    }

    /// Whether an earlier statement of the transaction drops a relation, and none gives its name to another.
    pub(crate) fn dropped_before(&self, full: &Name) -> bool {
        let is_there = |name: &Name| self.schema.relations.contains_key(name);
        let dropped = self.flow.earlier_in_transaction(self.index).any(|operation| match operation {
            Operation::DropRelation { names, .. } => {
                names.iter().any(|name| self.schema.resolve(name) == *full)
            }
            _ => false,
        });
        dropped && !is_there(full) && !self.relation_returns(full)
    }

    /// Whether a later statement may do anything at all, since its text does not say it.
    pub(crate) fn opaque_follows(&self) -> bool {
        self.later().iter().any(|operation| matches!(operation, Operation::Do))
    }
}

fn key(kind: &ConstraintKind) -> Option<(Vec<String>, bool)> {
    match kind {
        ConstraintKind::Primary { columns, .. } => Some((columns.clone(), true)),
        ConstraintKind::Unique { columns, .. } => Some((columns.clone(), false)),
        _ => None,
    }
}

/// The columns of an index that is unique for all rows.
fn unique_key(index: &NewIndex) -> Option<Vec<String>> {
    (index.unique && index.predicate.is_none()).then(|| index.keys.clone())
}
