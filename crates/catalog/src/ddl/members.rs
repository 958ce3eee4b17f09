//! Objects that are an extension's member on one side and the schema's own on the other. A schema does not show its
//! members; what needs what does. Source: PostgreSQL manual, ALTER EXTENSION (ADD, DROP), 53.18 "pg_depend" (`e`).
//! Called by `actions`.

use super::LeftOut;
use super::kinds::{self, Sql};
use super::side::Side;
use crate::{ObjectId, ObjectKind};

/// An object that goes because it is a member afterwards: what makes it one; nothing more for what lives with such an
/// object. None where it is no member.
pub(super) fn joins(id: &ObjectId, before: Side<'_>, after: Side<'_>) -> Option<Option<Sql>> {
    let root = root(id, before);
    let extension = extension_of(root, after)?;
    // An extension that comes makes it itself. What lives with a member on both sides is not of the schema's.
    before.get(extension).and(before.get(root))?;
    Some((root == id).then(|| kinds::member(id, before, extension)).flatten())
}

/// An object that comes because it is a member no longer: what a person has to decide; nothing more for what lives with
/// such an object. None where it was no member.
pub(super) fn leaves(id: &ObjectId, before: Side<'_>, after: Side<'_>) -> Option<Option<LeftOut>> {
    let root = root(id, after);
    let extension = extension_of(root, before)?;
    // With an extension that goes, it goes.
    after.get(extension).and(after.get(root))?;
    let why = || {
        format!(
            "it is there already, as a member of the {extension}, and how it looks there is not read: ALTER EXTENSION \
             {} DROP {} {} gives it to the schema",
            extension.identity,
            root.kind.word().to_uppercase(),
            root.identity
        )
    };
    Some((root == id).then(|| LeftOut { object: id.clone(), why: why() }))
}

/// The extension whose member an object is that the schema does not show.
fn extension_of<'s>(id: &ObjectId, side: Side<'s>) -> Option<&'s ObjectId> {
    let needs = side.get(id).is_none().then(|| side.needs.of(id));
    needs.into_iter().flatten().find(|needed| needed.kind == ObjectKind::Extension)
}

fn root<'s>(id: &'s ObjectId, side: Side<'s>) -> &'s ObjectId {
    match side.parent(id) {
        Some(parent) => root(parent, side),
        None => id,
    }
}
