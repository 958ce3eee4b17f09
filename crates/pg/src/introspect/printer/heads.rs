//! Which relations there are: the heads of what is printed of each of them.
//! Out: their properties and parts. Called by the printer, before all else.

use super::super::assemble::Objects;
use super::super::queries::Reach;
use super::super::raw::Raw;
use groundline_catalog::{ObjectId, ObjectKind};

/// The kind of object that a relation is; none for parts of tables, and for what is unknown.
pub fn kind_of(relation: char) -> Option<ObjectKind> {
    Some(match relation {
        'r' | 'p' => ObjectKind::Table,
        'f' => ObjectKind::ForeignTable,
        'v' => ObjectKind::View,
        'm' => ObjectKind::MaterializedView,
        'c' => ObjectKind::Type,
        'S' => ObjectKind::Sequence,
        _ => return None,
    })
}

/// Adds them, and notes what is unknown.
pub(super) fn add(raw: &Raw, objects: &mut Objects<'_>) {
    for relation in raw.relations.values().filter(|relation| !relation.of_extension) {
        let Some(identity) = raw.identity(relation.oid).filter(|identity| !identity.starts_with("pg_"))
        else {
            continue;
        };
        let Some(kind) = kind_of(relation.kind) else {
            // Indexes and toast tables are parts of their tables.
            if !matches!(relation.kind, 'i' | 'I' | 't') {
                let kind = relation.kind;
                objects.note(format!("{identity} is a relation of the unknown kind {kind:?}, and not read"));
            }
            continue;
        };
        objects.head(Reach::Relations, relation.oid, &ObjectId::new(kind, identity));
    }
    for sequence in &raw.sequences {
        if let Some((table, ..)) = sequence.owned_by {
            objects.owned(sequence.relation, table);
        }
    }
    for constraint in &raw.constraints {
        if !matches!(constraint.kind, 'p' | 'u' | 'f' | 'c' | 'n' | 'x') {
            let (name, kind) = (&constraint.name, constraint.kind);
            objects.note(format!(
                "constraint {name} is of the unknown kind {kind:?}: its definition is the server's"
            ));
        }
    }
}
