//! What the lint knows of a schema: facts that decide what a statement does to it.
//! In: facts, and finding what a name means. Out: reading them from a catalog (`read`), and how statements change
//! them (`apply`). Called by effects and rules.

mod apply;
mod read;

use groundline_sql::operation::{Generated, Name, SqlType};
use std::collections::{BTreeMap, BTreeSet};

/// A schema at one point of a script.
#[derive(Clone, Debug, Default)]
pub struct Schema {
    /// Whether it was read from a catalog: what is not in it is not there.
    pub known: bool,
    /// Relations by their full names.
    pub relations: BTreeMap<Name, Relation>,
    /// Domains by their full names.
    pub domains: BTreeMap<Name, Domain>,
    /// Enums by their full names, with the values that this script added.
    pub enums: BTreeMap<Name, Vec<String>>,
    /// Enums that this script made, with the values that they were made with.
    pub created_enums: BTreeMap<Name, Vec<String>>,
    /// Functions of the schema that are not volatile, and those that are.
    pub functions: BTreeMap<String, bool>,
    /// Composite and other types made by the script.
    pub created_types: BTreeSet<Name>,
    /// Names that the script gave to types that were there.
    pub renamed_types: BTreeSet<Name>,
    /// Which columns of which relations a view reads.
    pub views: BTreeMap<Name, BTreeSet<(Name, String)>>,
    /// The tables of statistics objects.
    pub statistics_on: BTreeMap<Name, Name>,
    /// Where unqualified names are looked for.
    pub search_path: Vec<String>,
    /// Whether the script set the session's time zone to UTC.
    pub utc: bool,
}

/// What kind of relation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RelationIs {
    /// A table, partitioned or not.
    #[default]
    Table,
    /// A view.
    View,
    /// A materialized view.
    MaterializedView,
    /// A sequence.
    Sequence,
}

/// A relation.
#[derive(Clone, Debug, Default)]
pub struct Relation {
    /// What kind.
    pub is: RelationIs,
    /// Its columns.
    pub columns: BTreeMap<String, Column>,
    /// Its constraints.
    pub constraints: BTreeMap<String, Constraint>,
    /// Its indexes, those of constraints too.
    pub indexes: BTreeMap<String, Index>,
    /// What PARTITION BY says: `LIST (place)`.
    pub partition_key: Option<String>,
    /// The values that it has as a partition: `FOR VALUES IN ('here')`.
    pub partition_bound: Option<String>,
    /// The table that it is a partition of, or inherits from.
    pub parents: Vec<Name>,
    /// It is the DEFAULT partition.
    pub default_partition: bool,
    /// UNLOGGED.
    pub unlogged: bool,
    /// Its access method, where it isn't heap.
    pub method: Option<String>,
    /// Its tablespace, where it isn't the default one.
    pub tablespace: Option<String>,
    /// The script made it: nobody else can wait for it, and it is as good as empty.
    pub created: bool,
    /// The script made it, and may have put rows into it since.
    pub may_have_rows: bool,
    /// The script put many rows into it.
    pub filled: bool,
    /// Text of a view's query.
    pub query: String,
}

/// A column.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its type.
    pub kind: SqlType,
    /// NOT NULL.
    pub not_null: bool,
    /// It has a default.
    pub default: bool,
    /// How it gets its value.
    pub generated: Option<Generated>,
    /// Its collation, where it isn't its type's.
    pub collation: Option<String>,
    /// The script made it: no code knows it.
    pub created: bool,
    /// What rows that were there have in it since then, as SQL; nothing where that isn't known.
    pub given: Option<String>,
}

/// A constraint.
#[derive(Clone, Debug)]
pub struct Constraint {
    /// What it asks for.
    pub is: ConstraintIs,
    /// It holds for all rows.
    pub validated: bool,
    /// The script added it, in the transaction of this number.
    pub added_in: Option<usize>,
}

/// What a constraint asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "PostgreSQL's constraints in its own words")]
pub enum ConstraintIs {
    Check { expression: String },
    NotNull { column: String },
    Unique,
    Primary,
    Foreign { columns: Vec<String>, table: Name, to: Vec<String> },
    Exclude,
}

/// An index.
#[derive(Clone, Debug, Default)]
pub struct Index {
    /// UNIQUE.
    pub unique: bool,
    /// Its key columns and expressions.
    pub keys: Vec<String>,
    /// WHERE.
    pub predicate: Option<String>,
    /// It is valid.
    pub valid: bool,
}

/// A domain.
#[derive(Clone, Debug)]
pub struct Domain {
    /// Its base type.
    pub base: SqlType,
    /// It has a constraint, or is NOT NULL.
    pub constrained: bool,
    /// The expressions of its CHECKs, by their names.
    pub checks: BTreeMap<String, String>,
}

impl Schema {
    /// The full name of a relation. Unqualified: the first of the search path that has it, else the only one in any
    /// schema, else the first of the search path.
    pub fn resolve(&self, name: &Name) -> Name {
        self.find(name, |full| self.relations.contains_key(full), self.relations.keys())
    }

    /// The same for a type's name.
    pub fn resolve_type(&self, name: &Name) -> Name {
        let is = |full: &Name| self.domains.contains_key(full) || self.enums.contains_key(full);
        self.find(name, is, self.domains.keys().chain(self.enums.keys()))
    }

    fn find<'n>(
        &self,
        name: &Name,
        is: impl Fn(&Name) -> bool,
        mut all: impl Iterator<Item = &'n Name>,
    ) -> Name {
        let within = |schema: &str| Name { schema: Some(schema.to_owned()), name: name.name.clone() };
        if name.schema.is_some() {
            return name.clone();
        }
        if let Some(found) = self.search_path.iter().map(|schema| within(schema)).find(&is) {
            return found;
        }
        let first = within(self.search_path.first().map_or("public", String::as_str));
        let Some(only) = all.find(|other| other.name == name.name) else { return first };
        match all.any(|other| other.name == name.name) {
            true => first,
            false => only.clone(),
        }
    }

    /// A relation by the name that a statement gives it.
    pub fn relation(&self, name: &Name) -> Option<&Relation> {
        self.relations.get(&self.resolve(name))
    }

    /// Whether the script made it.
    pub fn is_created(&self, name: &Name) -> bool {
        self.relation(name).is_some_and(|relation| relation.created)
    }

    /// A column by its table's name and its own.
    pub fn column(&self, table: &Name, column: &str) -> Option<&Column> {
        self.relation(table)?.columns.get(column)
    }

    /// The table of an index, and the index.
    pub fn index(&self, name: &Name) -> Option<(&Name, &Index)> {
        let mut with = self.relations.iter().filter_map(|(table, relation)| {
            let same = name.schema.is_none() || name.schema == table.schema;
            relation.indexes.get(&name.name).filter(|_| same).map(|index| (table, index))
        });
        with.next()
    }

    /// The partitions and children of a table, at any depth.
    pub fn children(&self, table: &Name) -> Vec<Name> {
        let direct = self.relations.iter().filter(|(_, relation)| relation.parents.contains(table));
        let mut all: Vec<_> = direct.map(|(name, _)| name.clone()).collect();
        for child in all.clone() {
            all.extend(self.children(&child));
        }
        all
    }

    /// The DEFAULT partition of a table.
    pub fn default_partition(&self, table: &Name) -> Option<&Name> {
        let mut with = self.relations.iter();
        with.find(|(_, relation)| relation.default_partition && relation.parents.contains(table))
            .map(|(name, _)| name)
    }

    /// Tables that a foreign key of this table points to, itself left out.
    pub fn referenced(&self, table: &Name) -> BTreeSet<Name> {
        let relation = self.relations.get(table);
        let constraints = relation.into_iter().flat_map(|relation| relation.constraints.values());
        let peers = constraints.filter_map(|constraint| match &constraint.is {
            ConstraintIs::Foreign { table, .. } => Some(table.clone()),
            _ => None,
        });
        peers.filter(|peer| peer != table).collect()
    }

    /// Tables with a foreign key to this table, itself left out.
    pub fn referencing(&self, table: &Name) -> BTreeSet<Name> {
        let names = self.relations.keys().filter(|other| *other != table);
        names.filter(|other| self.referenced(other).contains(table)).cloned().collect()
    }

    /// Tables and materialized views with a column of this type.
    pub fn users_of_type(&self, full: &Name) -> Vec<Name> {
        let uses = |relation: &Relation| {
            relation.is != RelationIs::View
                && relation.columns.values().any(|column| self.type_of(&column.kind).as_ref() == Some(full))
        };
        self.relations.iter().filter(|(_, relation)| uses(relation)).map(|(name, _)| name.clone()).collect()
    }

    /// The full name of a type that is a domain or an enum of the schema.
    pub fn type_of(&self, kind: &SqlType) -> Option<Name> {
        let full = self.resolve_type(&Name::read(&kind.base));
        (self.domains.contains_key(&full) || self.enums.contains_key(&full)).then_some(full)
    }

    /// A domain by a type's name.
    pub fn domain(&self, kind: &SqlType) -> Option<&Domain> {
        self.type_of(kind).and_then(|full| self.domains.get(&full))
    }

    /// The columns of a table's primary key; none where it has none.
    pub fn primary_key(&self, table: &Name) -> Vec<String> {
        let Some(relation) = self.relations.get(table) else { return Vec::new() };
        let mut constraints = relation.constraints.iter();
        let name = constraints.find(|(_, one)| one.is == ConstraintIs::Primary).map(|(name, _)| name);
        name.and_then(|name| relation.indexes.get(name)).map(|index| index.keys.clone()).unwrap_or_default()
    }

    /// Views that read a relation, or one column of it: `count(*)` needs none.
    pub fn views_on(&self, relation: &Name, column: Option<&str>) -> Vec<Name> {
        let reads =
            |(of, name): &(Name, String)| of == relation && column.is_none_or(|column| name == column);
        self.views.iter().filter(|(_, uses)| uses.iter().any(reads)).map(|(view, _)| view.clone()).collect()
    }

    /// The table of a statistics object.
    pub fn statistics(&self, name: &Name) -> Option<Name> {
        let same =
            |full: &Name| full.name == name.name && (name.schema.is_none() || full.schema == name.schema);
        self.statistics_on.iter().find(|(full, _)| same(full)).map(|(_, table)| table.clone())
    }

    /// Whether a valid constraint says that a column is never NULL.
    pub fn proves_not_null(&self, table: &Name, column: &str) -> bool {
        let Some(relation) = self.relation(table) else { return false };
        let proven = |constraint: &Constraint| {
            constraint.validated
                && match &constraint.is {
                    ConstraintIs::Check { expression } => implies_not_null(expression, column),
                    ConstraintIs::NotNull { column: of } => of == column,
                    _ => false,
                }
        };
        relation.constraints.values().any(proven)
            || relation.columns.get(column).is_some_and(|column| column.not_null)
    }
}

/// Whether a CHECK is `column IS NOT NULL`, alone or as a part of a conjunction.
fn implies_not_null(expression: &str, column: &str) -> bool {
    let plain: String = expression.to_lowercase().replace(['(', ')', '"'], " ");
    let wanted = column.to_lowercase();
    if plain.split_whitespace().any(|word| word == "or") {
        return false;
    }
    plain.split(" and ").any(|part| {
        let words: Vec<_> = part.split_whitespace().collect();
        words == [wanted.as_str(), "is", "not", "null"]
    })
}

#[cfg(test)]
mod tests {
    use super::implies_not_null;

    #[test]
    fn only_a_conjunction_with_is_not_null_proves_it() {
        assert!(implies_not_null("((a IS NOT NULL))", "a"));
        assert!(implies_not_null("(a > 0) AND (a IS NOT NULL)", "a"));
        assert!(!implies_not_null("(a IS NOT NULL) OR (b IS NOT NULL)", "a"));
        assert!(!implies_not_null("(b IS NOT NULL)", "a"));
    }
}
