//! Where a statement stands among those that nothing else orders, so that a script can be read: sections, in each the
//! objects by name, with each table what belongs to it.
//! Out: what has to come before what (`order`), the text of a script (`script`).
//! Called by both.

use super::Does;
use crate::{ObjectId, ObjectKind, Snapshot};
use serde::Serialize;

/// A part of a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Section {
    /// What goes.
    Drops,
    /// Schemas.
    Schemas,
    /// Extensions.
    Extensions,
    /// Languages and access methods.
    Languages,
    /// Types, domains and collations.
    Types,
    /// Sequences, those of identities excepted.
    Sequences,
    /// Functions, procedures and aggregates.
    Functions,
    /// Tables, with their columns, constraints, indexes, triggers, policies and grants.
    Tables,
    /// Foreign keys, and checks by functions that may look at any table, once all tables are there.
    ForeignKeys,
    /// Views and materialized views.
    Views,
    /// What is none of these: publications, event triggers, text search.
    Rest,
}

impl Section {
    /// Its heading.
    pub fn title(self) -> &'static str {
        match self {
            Section::Drops => "What goes",
            Section::Schemas => "Schemas",
            Section::Extensions => "Extensions",
            Section::Languages => "Languages and access methods",
            Section::Types => "Types",
            Section::Sequences => "Sequences",
            Section::Functions => "Functions",
            Section::Tables => "Tables",
            Section::ForeignKeys => "Foreign keys and checks by functions",
            Section::Views => "Views",
            Section::Rest => "The rest",
        }
    }

    fn of(root: ObjectKind, schema: &Snapshot, id: &ObjectId) -> Self {
        use ObjectKind as K;
        match root {
            _ if is_foreign_key(schema, id) || checks_by_function(schema, id) => Section::ForeignKeys,
            K::Schema => Section::Schemas,
            K::Extension => Section::Extensions,
            K::Language | K::AccessMethod => Section::Languages,
            K::Collation | K::Type | K::Domain => Section::Types,
            K::Sequence => Section::Sequences,
            K::Function | K::Procedure | K::Aggregate => Section::Functions,
            K::Table | K::ForeignTable => Section::Tables,
            K::View | K::MaterializedView => Section::Views,
            _ => Section::Rest,
        }
    }
}

/// Where a statement stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub section: Section,
    /// Drops are ordered by their kinds.
    dropped: i32,
    /// The object that it lives with, which stands in the script by its name.
    pub root: ObjectId,
    within: i32,
}

impl Place {
    /// That of an object's statement, in the schema that has the object.
    pub fn of(id: &ObjectId, does: Does, schema: &Snapshot) -> Self {
        let root = root_of(id, schema);
        let within = within(id, schema);
        match does {
            Does::Drop => {
                // A NOT NULL goes after the key that needs it.
                let dropped = -2 * rank(id.kind) + i32::from(is_not_null(id, schema));
                Self { section: Section::Drops, dropped, root: id.clone(), within }
            }
            _ => Self { section: Section::of(root.kind, schema, id), dropped: 0, root: root.clone(), within },
        }
    }
}

/// What it lives with. A sequence is there before the column that it goes with.
fn root_of<'s>(id: &'s ObjectId, schema: &'s Snapshot) -> &'s ObjectId {
    let object = schema.objects.get(id).filter(|_| id.kind != ObjectKind::Sequence);
    match object.and_then(|object| object.parent.as_ref()) {
        Some(parent) => root_of(parent, schema),
        None => id,
    }
}

pub(super) fn is_foreign_key(schema: &Snapshot, id: &ObjectId) -> bool {
    let definition = schema.objects.get(id).and_then(|object| object.properties.get("definition"));
    id.kind == ObjectKind::Constraint && definition.is_some_and(|text| text.starts_with("FOREIGN KEY"))
}

fn is_not_null(id: &ObjectId, schema: &Snapshot) -> bool {
    let definition = schema.objects.get(id).and_then(|object| object.properties.get("definition"));
    id.kind == ObjectKind::Constraint && definition.is_some_and(|text| text.starts_with("NOT NULL"))
}

fn checks_by_function(schema: &Snapshot, id: &ObjectId) -> bool {
    id.kind == ObjectKind::Constraint && schema.needs.of(id).any(|needed| needed.kind == ObjectKind::Function)
}

/// The place of what belongs to one object.
fn within(id: &ObjectId, schema: &Snapshot) -> i32 {
    use ObjectKind as K;
    match id.kind {
        K::Column => 1,
        // A key makes the NOT NULL that is not there yet, under a name of its own choice.
        K::Constraint if is_not_null(id, schema) => 2,
        K::Constraint => 3,
        K::Index => 4,
        K::Statistics => 5,
        K::Trigger | K::Rule | K::Policy => 6,
        K::Grant | K::DefaultPrivilege => 7,
        _ => 0,
    }
}

/// The place of a kind among drops, from the end.
fn rank(kind: ObjectKind) -> i32 {
    use ObjectKind as K;
    match kind {
        K::Schema => 0,
        K::Extension => 1,
        K::Language | K::AccessMethod => 2,
        K::Collation | K::Type | K::Domain => 3,
        K::Sequence => 4,
        K::Table | K::ForeignTable => 5,
        K::Function | K::Procedure | K::Aggregate => 6,
        K::Column => 7,
        K::Index => 8,
        K::Constraint => 9,
        K::View | K::MaterializedView => 10,
        K::Trigger | K::Rule | K::Policy | K::Statistics => 11,
        K::Grant | K::DefaultPrivilege => 13,
        _ => 12,
    }
}
