//! What has to happen to each object: made, dropped, altered, or made anew because it can't be altered, or because
//! something that it needs is made anew.
//! Out: the statements (`kinds`), their order (`order`).
//! Called by `plan`.

use super::families::Families;
use super::kinds::{self, Alter};
use super::persistence::Persistence;
use super::side::Side;
use super::{LeftOut, Options, members};
use crate::diff::side_by_side;
use crate::{Object, ObjectId, ObjectKind, Snapshot};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What happens to one object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Action {
    Create,
    Drop,
    Recreate,
    Alter(Vec<kinds::Sql>),
    /// Another takes its name, with these statements; at the end the old one goes.
    Rebuild(Vec<kinds::Sql>, kinds::Sql),
}

/// What happens, and what can't.
pub(super) struct Actions<'s> {
    pub of: BTreeMap<ObjectId, Action>,
    pub families: Families<'s>,
    pub persistence: Persistence<'s>,
    pub left_out: Vec<LeftOut>,
}

pub(super) fn actions<'s>(before: Side<'s>, after: Side<'s>, options: Options) -> Actions<'s> {
    let families = Families::between(before, after);
    let cannot = families.iter().flat_map(|(_, family)| family.cannot.clone());
    let left_out = cannot.map(|(object, why)| LeftOut { object, why }).collect();
    let persistence = Persistence::between(before, after);
    let circular = persistence.circular();
    let mut actions = Actions { of: BTreeMap::new(), families, persistence, left_out };
    for (id, old, new) in side_by_side(before.schema, after.schema) {
        if old.zip(new).is_some_and(|(old, new)| old.digest == new.digest && old.parent == new.parent) {
            continue;
        }
        match action(id, before, after, &actions.families, options) {
            Ok(None) => {}
            Ok(Some(action)) => drop(actions.of.insert(id.clone(), action)),
            Err(left) => actions.left_out.push(left),
        }
    }
    actions.of.extend(circular.into_iter().map(|key| (key.clone(), Action::Recreate)));
    follow(&mut actions, before, after);
    spread(&mut actions, before, after);
    let behind = left_behind(&actions, before, after);
    actions.left_out.extend(behind);
    let stranded = stranded(&actions, before, after);
    actions.left_out.extend(stranded);
    actions
}

/// What happens to one object for its own sake.
fn action(
    id: &ObjectId,
    before: Side<'_>,
    after: Side<'_>,
    families: &Families<'_>,
    options: Options,
) -> Result<Option<Action>, LeftOut> {
    let comes = kinds::comes_with_parent;
    if let Some(renamed) = renamed_not_null(id, before, after) {
        return renamed;
    }
    Ok(Some(match (before.get(id), after.get(id)) {
        (Some(old), None) => match members::joins(id, before, after) {
            Some(joins) => return Ok(joins.map(|sql| Action::Alter(vec![sql]))),
            None if comes(id, old) && !families.is_late(id) || is_typed(old, before, after) => {
                return Ok(None);
            }
            None => Action::Drop,
        },
        (None, Some(new)) => match members::leaves(id, before, after) {
            Some(left) => return left.map_or(Ok(None), Err),
            None if comes(id, new) && !families.is_early(id) || is_typed(new, before, after) => {
                return Ok(None);
            }
            None => Action::Create,
        },
        // An index becomes a constraint's, or is one no more.
        (Some(old), Some(new)) if id.kind == ObjectKind::Index && comes(id, old) != comes(id, new) => {
            if comes(id, new) { Action::Drop } else { Action::Create }
        }
        (Some(old), Some(new)) if old.digest != new.digest => match kinds::alter(id, before, after) {
            Alter::By(statements) if statements.is_empty() => return Ok(None),
            Alter::By(statements) => Action::Alter(statements),
            Alter::Recreate => Action::Recreate,
            Alter::Rebuild { statements, last } if options.destructive => Action::Rebuild(statements, last),
            Alter::Rebuild { .. } => return Err(LeftOut::losing(id.clone(), "a value of the type")),
            Alter::Cannot(why) => return Err(LeftOut { object: id.clone(), why }),
        },
        _ => return Ok(None),
    }))
}

/// A NOT NULL whose column has it under another name: a key may need it, so it is renamed, on the side that has the old
/// name. What is inherited has its parent's statements, and no name of its own to change.
fn renamed_not_null(
    id: &ObjectId,
    before: Side<'_>,
    after: Side<'_>,
) -> Option<Result<Option<Action>, LeftOut>> {
    let (side, other) = if before.get(id).is_some() { (before, after) } else { (after, before) };
    let object = side.get(id).filter(|_| id.kind == ObjectKind::Constraint && other.get(id).is_none())?;
    let definition = side.property(id, "definition").filter(|text| text.starts_with("NOT NULL "))?;
    let table = object.parent.as_ref().filter(|table| other.get(table).is_some())?;
    let is_same = |same: &&ObjectId| {
        other.property(same, "definition") == Some(definition)
            && side.get(same).is_none()
            && other.get(same).is_some_and(|other| other.digest == object.digest)
    };
    let same = other.children(table).find(is_same)?;
    if side.property(id, "inherited").is_some() {
        let why = "no statement changes the name of a constraint that is inherited".to_owned();
        return Some(Err(LeftOut { object: id.clone(), why }));
    }
    let rename = || Action::Alter(vec![kinds::renamed(table, id, same)]);
    Some(Ok(before.get(id).map(|_| rename())))
}

/// What comes and goes only with another object, and that one stays.
fn stranded(actions: &Actions<'_>, before: Side<'_>, after: Side<'_>) -> Vec<LeftOut> {
    let of = |side: Side<'_>, other: Side<'_>, is_new: bool| -> Vec<LeftOut> {
        let only = side.schema.of_kind(ObjectKind::Sequence).filter(|(id, object)| {
            let stays = object.parent.as_ref().is_some_and(|parent| {
                !actions.of.contains_key(parent)
                    && before.get(parent).is_some()
                    && after.get(parent).is_some()
            });
            stays && kinds::comes_with_parent(id, object) && other.get(id).is_none()
        });
        let verb = if is_new { "comes" } else { "goes" };
        only.map(|(id, _)| LeftOut {
            object: id.clone(),
            why: format!("it {verb} only with the identity of its column, which stays: rename it"),
        })
        .collect()
    };
    of(before, after, false).into_iter().chain(of(after, before, true)).collect()
}

/// Whether it is a column of a table of a type, before and after: the type's attribute is its own.
fn is_typed(object: &Object, before: Side<'_>, after: Side<'_>) -> bool {
    let Some(table) = &object.parent else { return false };
    [before, after].iter().all(|side| {
        let table = side.schema.objects.get(table);
        table.is_some_and(|table| table.properties.contains_key("of type"))
    })
}

/// A grant on columns goes with one on their table to the same role.
fn is_revoked_along(actions: &Actions<'_>, id: &ObjectId, object: &Object, schema: &Snapshot) -> bool {
    let column = object
        .parent
        .as_ref()
        .filter(|parent| parent.kind == ObjectKind::Column && id.kind == ObjectKind::Grant);
    let table = column.and_then(|column| schema.objects.get(column)?.parent.as_ref());
    let (Some(table), Some((_, to))) = (table, id.identity.rsplit_once(" to ")) else { return false };
    actions.of.contains_key(&ObjectId::new(ObjectKind::Grant, format!("{table} to {to}")))
}

/// Makes anew what needs something that is made anew or whose type changes, and what belongs to it.
fn spread(actions: &mut Actions<'_>, before: Side<'_>, after: Side<'_>) {
    let needed_by = before.needs.reversed();
    loop {
        let mut more = Vec::new();
        let mut stuck = Vec::new();
        for id in touched(actions, before, &needed_by) {
            let (Some(object), Some(new)) = (before.get(id), after.get(id)) else { continue };
            let is_anew = matches!(actions.of.get(id), Some(Action::Recreate | Action::Create));
            if is_anew || kinds::comes_with_parent(id, object) || kinds::comes_with_parent(id, new) {
                continue;
            }
            let moves = id.kind == ObjectKind::Sequence && object.parent != new.parent;
            let parent = object.parent.as_ref().filter(|_| !moves);
            let of_parent = parent.is_some_and(|parent| {
                let is_rebuilt = matches!(actions.of.get(parent), Some(Action::Rebuild(..)));
                is_rebuilt || goes(actions, before.schema, parent)
            });
            let needs = before.needs.of(id).any(|needed| must_let_go(actions, before.schema, id, needed));
            let is_revoked = is_revoked_along(actions, id, object, before.schema);
            if of_parent || is_revoked || (needs && kinds::can_be_anew(id.kind)) {
                more.push(id.clone());
            } else if let Some(needed) = before.needs.of(id).find(|needed| {
                matches!(actions.of.get(needed), Some(Action::Recreate)) && !actions.of.contains_key(id)
            }) {
                stuck.push((id.clone(), needed.clone()));
            }
        }
        if more.is_empty() {
            let why = |needed: ObjectId| {
                format!("it needs {needed}, which has to be made anew, and can't let go of it")
            };
            let stuck = stuck.into_iter().map(|(object, needed)| LeftOut { object, why: why(needed) });
            actions.left_out.extend(stuck);
            return;
        }
        actions.of.extend(more.into_iter().map(|id| (id, Action::Recreate)));
    }
}

/// What lives with something to which something happens, or needs one of these; grants, where a grant goes.
fn touched<'s>(
    actions: &Actions<'_>,
    before: Side<'s>,
    needed_by: &HashMap<&ObjectId, Vec<&'s ObjectId>>,
) -> BTreeSet<&'s ObjectId> {
    let mut touched = BTreeSet::new();
    for id in actions.of.keys() {
        let of_grant = before.parent(id).filter(|_| id.kind == ObjectKind::Grant);
        touched.extend(of_grant.into_iter().flat_map(|table| before.within(table)));
        let within = before.within(id);
        let needed = std::iter::once(id).chain(within.iter().copied());
        touched.extend(needed.filter_map(|needed| needed_by.get(needed)).flatten());
        touched.extend(within);
    }
    touched
}

/// What has a type that is built anew, and its object after.
fn having_rebuilt<'s>(
    actions: &Actions<'_>,
    before: Side<'s>,
    after: Side<'s>,
) -> Vec<(&'s ObjectId, &'s Object, &'s Object)> {
    let is_rebuilt = |id: &ObjectId| matches!(actions.of.get(id), Some(Action::Rebuild(..)));
    if !actions.of.keys().any(is_rebuilt) {
        return Vec::new();
    }
    let has =
        before.schema.objects.iter().filter(|(id, object)| {
            !kinds::comes_with_parent(id, object) && before.needs.of(id).any(is_rebuilt)
        });
    has.filter_map(|(id, old)| Some((id, old.as_ref(), after.schema.objects.get(id)?.as_ref()))).collect()
}

/// Puts columns to the types that were built anew.
fn follow(actions: &mut Actions<'_>, before: Side<'_>, after: Side<'_>) {
    for (id, old, new) in having_rebuilt(actions, before, after) {
        let is_of_table = old.parent.as_ref().is_some_and(|parent| parent.kind == ObjectKind::Table);
        if id.kind != ObjectKind::Column || !is_of_table {
            continue;
        }
        let mut statements = match old.properties.get("type") == new.properties.get("type") {
            true => kinds::follow(id, before, after),
            false => Vec::new(),
        };
        match actions.of.get(id) {
            None => {}
            Some(Action::Alter(own)) => statements.extend(own.iter().cloned()),
            Some(_) => continue,
        }
        actions.of.insert(id.clone(), Action::Alter(statements));
    }
}

/// What has a type that is built anew, and is neither put to it nor made anew itself.
fn left_behind(actions: &Actions<'_>, before: Side<'_>, after: Side<'_>) -> Vec<LeftOut> {
    let behind =
        having_rebuilt(actions, before, after).into_iter().filter(|(id, ..)| !actions.of.contains_key(*id));
    let why = || "it can't be put to a type that is built anew".to_owned();
    behind.map(|(id, ..)| LeftOut { object: id.clone(), why: why() }).collect()
}

/// Whether an object, or what it lives with, goes for a moment or for good.
pub(super) fn goes(actions: &Actions<'_>, schema: &Snapshot, id: &ObjectId) -> bool {
    if matches!(actions.of.get(id), Some(Action::Drop | Action::Recreate)) {
        return true;
    }
    let parent = schema.objects.get(id).and_then(|object: &std::sync::Arc<Object>| object.parent.as_ref());
    parent.is_some_and(|parent| goes(actions, schema, parent))
}

/// Whether an object has to go before something that it needs can change.
fn must_let_go(actions: &Actions<'_>, schema: &Snapshot, id: &ObjectId, needed: &ObjectId) -> bool {
    use ObjectKind::{MaterializedView, Policy, Rule, Trigger, View};
    if goes(actions, schema, needed) || matches!(actions.of.get(needed), Some(Action::Rebuild(..))) {
        return true;
    }
    let is_rigid = matches!(id.kind, View | MaterializedView | Rule | Policy | Trigger);
    let changes_type = |action: &Action| match action {
        Action::Alter(statements) => statements.iter().any(|sql| sql.rewrites_type),
        _ => false,
    };
    is_rigid && actions.of.get(needed).is_some_and(changes_type)
}
