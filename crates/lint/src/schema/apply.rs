//! How a statement changes what is known of a schema, so that the next one is judged by what is there then.
//! Out: reading a catalog. Called once a statement, after it was judged.
//! What it doesn't follow (dynamic SQL, functions) leaves the facts as they were.

use super::{Column, Constraint, ConstraintIs, Domain, Index, Relation, RelationIs, Schema};
use groundline_sql::operation::{
    self as op, ConstraintKind, DomainAction, Name, NewTable, Operation, RelationKind, TableAction,
    TypeAction,
};
use std::collections::BTreeMap;

impl Schema {
    /// The schema after a statement, which runs in the transaction of this number.
    pub fn apply(&mut self, operation: &Operation, transaction: usize) {
        match operation {
            Operation::CreateTable(table) => self.create_table(table, transaction),
            Operation::CreateTableAs { name, .. } => {
                self.add(
                    name,
                    Relation { created: true, filled: true, may_have_rows: true, ..Relation::default() },
                );
            }
            Operation::CreateView { name, .. } => {
                let created = self.relation(name).is_none_or(|view| view.created);
                self.add(name, Relation { is: RelationIs::View, created, ..Relation::default() });
            }
            Operation::CreateMaterializedView { name } => {
                let is = RelationIs::MaterializedView;
                self.add(name, Relation { is, created: true, ..Relation::default() });
            }
            Operation::AlterTable { table, actions, .. } => {
                for (_, action) in actions {
                    self.alter(table, action, transaction);
                }
            }
            Operation::DropRelation { names, .. } => {
                for name in names {
                    let full = self.resolve(name);
                    self.views.remove(&full);
                    self.relations.remove(&full);
                }
            }
            Operation::CreateIndex(index) => {
                let name = index.name.clone().unwrap_or_else(|| format!("{}_idx", index.table.name));
                let facts = Index {
                    unique: index.unique,
                    keys: index.keys.clone(),
                    predicate: index.predicate.clone(),
                    valid: true,
                };
                if let Some(relation) = self.change(&index.table) {
                    relation.indexes.insert(name, facts);
                }
            }
            Operation::DropIndex { names, .. } => {
                for name in names {
                    let table = self.index(name).map(|(table, _)| table.clone());
                    if let Some(relation) = table.and_then(|table| self.relations.get_mut(&table)) {
                        relation.indexes.remove(&name.name);
                    }
                }
            }
            Operation::CreateDomain { name, base, constrained } => {
                let full = self.place(name);
                let domain =
                    Domain { base: base.clone(), constrained: *constrained, checks: BTreeMap::new() };
                self.domains.insert(full, domain);
            }
            Operation::AlterDomain {
                name,
                action: DomainAction::AddConstraint { constraint: Some(constraint), .. },
            } => self.check_domain(name, constraint),
            Operation::CreateEnum { name, labels } => self.create_enum(name, labels),
            Operation::CreateType { name } => {
                let full = self.place(name);
                self.created_types.insert(full);
            }
            Operation::AlterType { name, action: TypeAction::RenameValue } => {
                // Which value is another one now is not read.
                let full = self.resolve_type(name);
                self.created_enums.remove(&full);
            }
            Operation::AlterType { name, action: TypeAction::AddValue { value } } => {
                let full = self.resolve_type(name);
                self.enums.entry(full).or_default().push(value.clone());
            }
            Operation::AlterType { name, action: TypeAction::Rename { to: Some(to) } } => {
                self.rename_type(name, to);
            }
            Operation::Insert { table, from, .. } => {
                if let Some(relation) = self.change(table) {
                    rows_change(relation);
                    relation.filled |= !from.is_empty();
                }
            }
            Operation::Merge { .. }
            | Operation::Do
            | Operation::Select
            | Operation::Runs
            | Operation::Unread => self.relations.values_mut().for_each(rows_change),
            Operation::Update { table, .. } => {
                if let Some(relation) = self.change(table) {
                    rows_change(relation);
                }
            }
            Operation::CreateFunction { name, volatile, .. } => {
                self.functions.insert(name.name.clone(), *volatile);
            }
            Operation::Set { name, value, .. } => self.set(name, value),
            _ => {}
        }
    }

    fn create_enum(&mut self, name: &Name, labels: &[String]) {
        let full = self.place(name);
        self.enums.insert(full.clone(), Vec::new());
        self.created_enums.insert(full.clone(), labels.to_vec());
        self.created_types.insert(full);
    }

    fn check_domain(&mut self, name: &Name, added: &op::Constraint) {
        let full = self.resolve_type(name);
        let domain = self.domains.get_mut(&full);
        if let (Some(domain), Some(name), ConstraintKind::Check { expression }) =
            (domain, &added.name, &added.kind)
        {
            domain.checks.insert(name.clone(), expression.clone());
        }
    }

    fn rename_type(&mut self, name: &Name, to: &str) {
        let full = self.resolve_type(name);
        let new = Name { schema: full.schema.clone(), name: to.to_owned() };
        if let Some(values) = self.enums.remove(&full) {
            self.enums.insert(new.clone(), values);
        }
        if let Some(labels) = self.created_enums.remove(&full) {
            self.created_enums.insert(new.clone(), labels);
        }
        if let Some(domain) = self.domains.remove(&full) {
            self.domains.insert(new.clone(), domain);
        }
        let made_here = self.created_types.remove(&full);
        let names = if made_here { &mut self.created_types } else { &mut self.renamed_types };
        names.insert(new);
    }

    fn set(&mut self, name: &str, value: &str) {
        let plain = value.replace(['\'', '"'], "");
        match name {
            "timezone" => self.utc = matches!(plain.as_str(), "utc" | "etc/utc" | "gmt" | "0"),
            "search_path" => self.search_path = plain.split(',').map(|part| part.trim().to_owned()).collect(),
            _ => {}
        }
    }

    /// Where a new object of this name goes.
    fn place(&self, name: &Name) -> Name {
        let schema = name.schema.clone().or_else(|| self.search_path.first().cloned());
        Name { schema, name: name.name.clone() }
    }

    fn add(&mut self, name: &Name, relation: Relation) {
        self.relations.insert(self.place(name), relation);
    }

    fn change(&mut self, name: &Name) -> Option<&mut Relation> {
        let full = self.resolve(name);
        if !self.known {
            return Some(self.relations.entry(full).or_default());
        }
        self.relations.get_mut(&full)
    }

    fn create_table(&mut self, table: &NewTable, transaction: usize) {
        if table.if_not_exists && self.relation(&table.name).is_some() {
            return;
        }
        let parent = table.partition_of.as_ref().map(|parent| self.resolve(parent));
        let partition_key = table.partition_key.clone();
        let mut relation = Relation { created: true, partition_key, ..Relation::default() };
        relation.partition_bound.clone_from(&table.partition_bound);
        if let Some(parent) = parent.as_ref().and_then(|parent| self.relations.get(parent)) {
            relation.columns.clone_from(&parent.columns);
        }
        relation.default_partition = table.default_partition;
        relation.parents =
            parent.into_iter().chain(table.inherits.iter().map(|name| self.resolve(name))).collect();
        relation.columns.extend(table.columns.iter().map(|column| (column.name.clone(), facts(column))));
        self.add(&table.name, relation);
        for constraint in table.all_constraints() {
            self.constrain(&table.name, constraint, transaction);
        }
    }

    fn constrain(&mut self, table: &Name, constraint: &op::Constraint, transaction: usize) {
        let name = constraint.name.clone().unwrap_or_else(|| default_name(table, constraint));
        let is = ConstraintIs::of(&constraint.kind, self);
        let validated = !constraint.not_valid && !constraint.not_enforced;
        let Some(relation) = self.change(table) else { return };
        match &constraint.kind {
            ConstraintKind::Primary { columns, index: None }
            | ConstraintKind::Unique { columns, index: None } => {
                let index = Index { unique: true, keys: columns.clone(), predicate: None, valid: true };
                relation.indexes.insert(name.clone(), index);
            }
            ConstraintKind::NotNull { column } if validated => {
                if let Some(column) = relation.columns.get_mut(column) {
                    column.not_null = true;
                }
            }
            _ => {}
        }
        if let ConstraintKind::Primary { columns, .. } = &constraint.kind {
            for column in columns {
                if let Some(column) = relation.columns.get_mut(column) {
                    column.not_null = true;
                }
            }
        }
        relation.constraints.insert(name, Constraint { is, validated, added_in: Some(transaction) });
    }

    fn alter(&mut self, table: &Name, action: &TableAction, transaction: usize) {
        match action {
            TableAction::AddConstraint(constraint) => return self.constrain(table, constraint, transaction),
            TableAction::AddColumn { column, .. } => {
                if let Some(relation) = self.change(table) {
                    relation.columns.insert(column.name.clone(), facts(column));
                }
                for constraint in &column.constraints {
                    self.constrain(table, constraint, transaction);
                }
                return;
            }
            TableAction::RenameTable { to } => {
                let full = self.resolve(table);
                if let Some(relation) = self.relations.remove(&full) {
                    self.relations.insert(Name { schema: full.schema, name: to.clone() }, relation);
                }
                return;
            }
            TableAction::Attach { partition, default, bound } => {
                let parent = self.resolve(table);
                if let Some(relation) = self.change(table) {
                    rows_change(relation);
                }
                if let Some(relation) = self.change(partition) {
                    relation.parents.push(parent);
                    relation.default_partition = *default;
                    relation.partition_bound = Some(bound.clone());
                }
                return;
            }
            TableAction::Detach { partition, .. } => {
                let parent = self.resolve(table);
                if let Some(relation) = self.change(partition) {
                    relation.parents.retain(|other| *other != parent);
                    relation.partition_bound = None;
                }
                return;
            }
            _ => {}
        }
        if let Some(relation) = self.change(table) {
            alter_relation(relation, action);
        }
    }
}

/// What it has in its rows is no longer known.
fn rows_change(relation: &mut Relation) {
    relation.may_have_rows = true;
    relation.columns.values_mut().for_each(|column| column.given = None);
}

fn alter_relation(relation: &mut Relation, action: &TableAction) {
    match action {
        TableAction::DropColumn { column, .. } => drop(relation.columns.remove(column)),
        TableAction::RenameColumn { column, to } => {
            if let Some(facts) = relation.columns.remove(column) {
                relation.columns.insert(to.clone(), facts);
            }
        }
        TableAction::DropConstraint { name, .. } => {
            relation.constraints.remove(name);
            relation.indexes.remove(name);
        }
        TableAction::ValidateConstraint { name } => {
            let Some(constraint) = relation.constraints.get_mut(name) else { return };
            constraint.validated = true;
            if let ConstraintIs::NotNull { column } = &constraint.is
                && let Some(column) = relation.columns.get_mut(column)
            {
                column.not_null = true;
            }
        }
        TableAction::SetUnlogged => relation.unlogged = true,
        TableAction::SetLogged => relation.unlogged = false,
        _ => alter_column(relation, action),
    }
}

fn alter_column(relation: &mut Relation, action: &TableAction) {
    let (TableAction::SetType { column, .. }
    | TableAction::SetNotNull { column }
    | TableAction::DropNotNull { column }
    | TableAction::SetDefault { column, .. }
    | TableAction::DropDefault { column }
    | TableAction::AddIdentity { column }
    | TableAction::DropIdentity { column }
    | TableAction::DropExpression { column }) = action
    else {
        return;
    };
    let Some(facts) = relation.columns.get_mut(column) else { return };
    match action {
        TableAction::SetType { kind, collation, .. } => {
            facts.kind = kind.clone();
            facts.given = None;
            facts.collation.clone_from(collation);
        }
        TableAction::SetNotNull { .. } => facts.not_null = true,
        TableAction::DropNotNull { .. } => facts.not_null = false,
        TableAction::SetDefault { .. } => facts.default = true,
        TableAction::DropDefault { .. } => facts.default = false,
        TableAction::AddIdentity { .. } => facts.generated = Some(op::Generated::Identity),
        _ => facts.generated = None,
    }
}

fn facts(column: &op::Column) -> Column {
    let primary = column.constraints.iter().any(|each| matches!(each.kind, ConstraintKind::Primary { .. }));
    Column {
        kind: column.kind.clone(),
        not_null: column.not_null || primary,
        default: column.default.is_some() || column.kind.is_serial(),
        generated: column.generated,
        collation: None,
        created: true,
        given: given(column),
    }
}

/// What a column that is added gives to each row, where it is the same for all.
fn given(column: &op::Column) -> Option<String> {
    let is_computed = column.generated.is_some() || column.kind.is_serial();
    match &column.default {
        _ if is_computed => None,
        None => Some("NULL".to_owned()),
        Some(default) => default.calls.is_empty().then(|| default.text.clone()),
    }
}

/// The name that PostgreSQL gives. Source: the manual, CREATE TABLE, "Notes"; only the simple cases are followed.
fn default_name(table: &Name, constraint: &op::Constraint) -> String {
    let table = &table.name;
    match &constraint.kind {
        ConstraintKind::Primary { .. } => format!("{table}_pkey"),
        ConstraintKind::Unique { columns, .. } => format!("{table}_{}_key", columns.join("_")),
        ConstraintKind::Foreign { columns, .. } => format!("{table}_{}_fkey", columns.join("_")),
        ConstraintKind::NotNull { column } => format!("{table}_{column}_not_null"),
        ConstraintKind::Check { .. } => format!("{table}_check"),
        ConstraintKind::Exclude => format!("{table}_excl"),
    }
}

/// Whether the sort of a relation and a kind of statement agree.
impl From<RelationKind> for RelationIs {
    fn from(kind: RelationKind) -> Self {
        match kind {
            RelationKind::Table => RelationIs::Table,
            RelationKind::View => RelationIs::View,
            RelationKind::MaterializedView => RelationIs::MaterializedView,
            RelationKind::Sequence => RelationIs::Sequence,
        }
    }
}
