//! Facts from a catalog. Definitions that the server printed are read with the parser that reads migrations.
//! Out: what facts mean. Called once a lint.

use super::{Column, Constraint, ConstraintIs, Domain, Index, Relation, RelationIs, Schema};
use groundline_catalog::{Object, ObjectId, ObjectKind, Snapshot};
use groundline_sql::Script;
use groundline_sql::operation::{ConstraintKind, Generated, Name, Operation, SqlType, TableAction};
use std::collections::BTreeMap;

impl Schema {
    /// The facts of a schema that was read from a server.
    pub fn of(snapshot: &Snapshot) -> Schema {
        let mut schema = Schema { known: true, ..Schema::unknown() };
        for (id, object) in &snapshot.objects {
            schema.relation_object(id, object);
        }
        for (id, object) in snapshot.of_kind(ObjectKind::Column) {
            schema.column_object(id, object);
        }
        for (id, object) in snapshot.of_kind(ObjectKind::Domain) {
            let base = SqlType::read(property(object, "type").unwrap_or_default());
            let constrained = property(object, "not null").is_some();
            schema
                .domains
                .insert(Name::read(&id.identity), Domain { base, constrained, checks: BTreeMap::new() });
        }
        for (id, object) in snapshot.of_kind(ObjectKind::Type) {
            if property(object, "form") == Some("enum") {
                schema.enums.insert(Name::read(&id.identity), Vec::new());
            }
        }
        for (id, object) in snapshot.of_kind(ObjectKind::Function) {
            let name = Name::read(id.identity.split('(').next().unwrap_or_default()).name;
            let volatile = property(object, "volatility").is_none();
            *schema.functions.entry(name).or_default() |= volatile;
        }
        for (id, object) in snapshot.of_kind(ObjectKind::Statistics) {
            if let Some(table) = &object.parent {
                schema.statistics_on.insert(Name::read(&id.identity), Name::read(&table.identity));
            }
        }
        schema.views(snapshot);
        schema.constraints(snapshot);
        schema.indexes(snapshot);
        schema
    }

    /// A schema of which nothing is known.
    pub fn unknown() -> Schema {
        Schema { search_path: vec!["public".to_owned()], ..Schema::default() }
    }

    fn relation_object(&mut self, id: &ObjectId, object: &Object) {
        let is = match id.kind {
            ObjectKind::Table | ObjectKind::ForeignTable => RelationIs::Table,
            ObjectKind::View => RelationIs::View,
            ObjectKind::MaterializedView => RelationIs::MaterializedView,
            ObjectKind::Sequence => RelationIs::Sequence,
            _ => return,
        };
        let parents = property(object, "inherits").unwrap_or_default().split(", ");
        let relation = Relation {
            is,
            partition_key: property(object, "partition key").map(str::to_owned),
            partition_bound: property(object, "partition bound").map(str::to_owned),
            parents: parents.filter(|parent| !parent.is_empty()).map(Name::read).collect(),
            default_partition: property(object, "partition bound") == Some("DEFAULT"),
            unlogged: property(object, "persistence") == Some("unlogged"),
            method: property(object, "access method").map(str::to_owned),
            tablespace: property(object, "tablespace").map(str::to_owned),
            query: property(object, "definition").unwrap_or_default().to_owned(),
            ..Relation::default()
        };
        self.relations.insert(Name::read(&id.identity), relation);
    }

    fn column_object(&mut self, id: &ObjectId, object: &Object) {
        let Some(table) = &object.parent else { return };
        let Some(relation) = self.relations.get_mut(&Name::read(&table.identity)) else { return };
        let generated = match property(object, "generated") {
            _ if property(object, "identity").is_some() => Some(Generated::Identity),
            Some(expression) if expression.ends_with("stored") => Some(Generated::Stored),
            Some(_) => Some(Generated::Virtual),
            None => None,
        };
        let column = Column {
            kind: SqlType::read(property(object, "type").unwrap_or_default()),
            not_null: property(object, "not null").is_some(),
            default: property(object, "default").is_some(),
            collation: property(object, "collation").map(|name| Name::read(name).name),
            generated,
            created: false,
            given: None,
        };
        relation.columns.insert(Name::read(id.last_part()).name, column);
    }

    fn views(&mut self, snapshot: &Snapshot) {
        let kinds = [ObjectKind::View, ObjectKind::MaterializedView];
        for (id, _) in kinds.iter().flat_map(|kind| snapshot.of_kind(*kind)) {
            let view = Name::read(&id.identity);
            let uses = snapshot.needs.of(id).filter_map(|used| match used.kind {
                ObjectKind::Column => {
                    let table = used.identity.strip_suffix(used.last_part())?.strip_suffix('.')?;
                    Some((Name::read(table), Name::read(used.last_part()).name))
                }
                kind if kind.is_relation() => Some((Name::read(&used.identity), String::new())),
                _ => None,
            });
            self.views.insert(view, uses.collect());
        }
    }

    fn constraints(&mut self, snapshot: &Snapshot) {
        let mut text = String::new();
        let mut owners = Vec::new();
        for (id, object) in snapshot.of_kind(ObjectKind::Constraint) {
            let (Some(parent), Some(definition)) = (&object.parent, property(object, "definition")) else {
                continue;
            };
            if parent.kind == ObjectKind::Domain {
                if let Some(domain) = self.domains.get_mut(&Name::read(&parent.identity)) {
                    domain.constrained = true;
                    let check =
                        definition.strip_prefix("CHECK ").map(|text| text.trim_end_matches(" NOT VALID"));
                    if let Some(check) = check {
                        domain.checks.insert(Name::read(id.last_part()).name, check.to_owned());
                    }
                }
                continue;
            }
            text.push_str(&format!("ALTER TABLE t ADD CONSTRAINT c {definition};\n"));
            let validated = property(object, "validated") != Some("false");
            owners.push((Name::read(&parent.identity), Name::read(id.last_part()).name, validated));
        }
        let operations = Script::parse(&text).operations(&text);
        for ((table, name, validated), operation) in owners.into_iter().zip(operations) {
            let Operation::AlterTable { actions, .. } = operation else { continue };
            let Some((_, TableAction::AddConstraint(added))) = actions.into_iter().next() else { continue };
            let is = ConstraintIs::of(&added.kind, self);
            if let (ConstraintKind::NotNull { column }, true) = (&added.kind, validated)
                && let Some(column) =
                    self.relations.get_mut(&table).and_then(|table| table.columns.get_mut(column))
            {
                column.not_null = true;
            }
            let Some(relation) = self.relations.get_mut(&table) else { continue };
            if let ConstraintKind::Unique { columns, .. } | ConstraintKind::Primary { columns, .. } =
                added.kind
            {
                let index = Index { unique: true, keys: columns, predicate: None, valid: true };
                relation.indexes.insert(name.clone(), index);
            }
            relation.constraints.insert(name, Constraint { is, validated, added_in: None });
        }
    }

    fn indexes(&mut self, snapshot: &Snapshot) {
        for (id, object) in snapshot.of_kind(ObjectKind::Index) {
            let Some(parent) = object.parent.as_ref().filter(|parent| parent.kind != ObjectKind::Constraint)
            else {
                continue;
            };
            let Some(relation) = self.relations.get_mut(&Name::read(&parent.identity)) else { continue };
            let keys = property(object, "keys").unwrap_or_default().split(", ");
            let index = Index {
                unique: property(object, "unique").is_some(),
                keys: keys.map(|key| key.trim_matches('"').to_owned()).collect(),
                predicate: property(object, "where").map(str::to_owned),
                valid: property(object, "valid") != Some("false"),
            };
            relation.indexes.insert(Name::read(id.last_part()).name, index);
        }
    }
}

impl ConstraintIs {
    /// The facts of a written constraint.
    pub(super) fn of(kind: &ConstraintKind, schema: &Schema) -> ConstraintIs {
        match kind {
            ConstraintKind::Check { expression } => ConstraintIs::Check { expression: expression.clone() },
            ConstraintKind::NotNull { column } => ConstraintIs::NotNull { column: column.clone() },
            ConstraintKind::Unique { .. } => ConstraintIs::Unique,
            ConstraintKind::Primary { .. } => ConstraintIs::Primary,
            ConstraintKind::Foreign { columns, table, to, .. } => ConstraintIs::Foreign {
                columns: columns.clone(),
                table: schema.resolve(table),
                to: to.clone(),
            },
            ConstraintKind::Exclude => ConstraintIs::Exclude,
        }
    }
}

fn property<'o>(object: &'o Object, name: &str) -> Option<&'o str> {
    object.properties.get(name).map(AsRef::as_ref)
}
