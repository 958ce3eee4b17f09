//! What has to happen to each object: made, dropped, altered, or made anew because it can't be altered, or because
//! something that it needs is made anew.
//! Out: the statements (`kinds`), their order (`order`).
//! Called by `plan`.

use super::kinds::{self, Alter};
use super::{LeftOut, Side};
use crate::{Object, ObjectId, ObjectKind, Snapshot};
use std::collections::{BTreeMap, BTreeSet};

/// What happens to one object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Action {
    Create,
    Drop,
    Recreate,
    Alter(Vec<kinds::Sql>),
}

/// What happens, and what can't.
pub(super) struct Actions {
    pub of: BTreeMap<ObjectId, Action>,
    pub left_out: Vec<LeftOut>,
}

pub(super) fn actions(before: Side<'_>, after: Side<'_>) -> Actions {
    let mut actions = Actions { of: BTreeMap::new(), left_out: Vec::new() };
    let ids: BTreeSet<&ObjectId> = before.schema.objects.keys().chain(after.schema.objects.keys()).collect();
    for id in ids {
        let (old, new) = (before.schema.objects.get(id), after.schema.objects.get(id));
        let action = match (old, new) {
            (Some(old), None) if !kinds::comes_with_parent(id, old) => Action::Drop,
            (None, Some(new)) if !kinds::comes_with_parent(id, new) => Action::Create,
            (Some(old), Some(new)) if old.digest != new.digest => {
                match kinds::alter(id, (old, before.schema), (new, after.schema)) {
                    Alter::By(statements) if statements.is_empty() => continue,
                    Alter::By(statements) => Action::Alter(statements),
                    Alter::Recreate => Action::Recreate,
                    Alter::Cannot(why) => {
                        actions.left_out.push(LeftOut { object: id.clone(), why });
                        continue;
                    }
                }
            }
            _ => continue,
        };
        actions.of.insert(id.clone(), action);
    }
    spread(&mut actions, before, after);
    actions
}

/// Makes anew what needs something that is made anew or whose type changes, and what belongs to it.
fn spread(actions: &mut Actions, before: Side<'_>, after: Side<'_>) {
    loop {
        let mut more = Vec::new();
        for (id, object) in &before.schema.objects {
            let Some(new) = after.schema.objects.get(id) else { continue };
            let is_anew = matches!(actions.of.get(id), Some(Action::Recreate | Action::Create));
            if is_anew || kinds::comes_with_parent(id, object) || kinds::comes_with_parent(id, new) {
                continue;
            }
            let moves = id.kind == ObjectKind::Sequence && object.parent != new.parent;
            let parent = object.parent.as_ref().filter(|_| !moves);
            let of_parent = parent.is_some_and(|parent| goes(actions, before.schema, parent));
            let needs = before.needs.of(id).any(|needed| must_let_go(actions, before.schema, id, needed));
            if of_parent || (needs && kinds::can_be_anew(id.kind)) {
                more.push(id.clone());
            }
        }
        if more.is_empty() {
            return;
        }
        actions.of.extend(more.into_iter().map(|id| (id, Action::Recreate)));
    }
}

/// Whether an object, or what it lives with, goes for a moment or for good.
pub(super) fn goes(actions: &Actions, schema: &Snapshot, id: &ObjectId) -> bool {
    if matches!(actions.of.get(id), Some(Action::Drop | Action::Recreate)) {
        return true;
    }
    let parent = schema.objects.get(id).and_then(|object: &std::sync::Arc<Object>| object.parent.as_ref());
    parent.is_some_and(|parent| goes(actions, schema, parent))
}

/// Whether an object has to go before something that it needs can change.
fn must_let_go(actions: &Actions, schema: &Snapshot, id: &ObjectId, needed: &ObjectId) -> bool {
    use ObjectKind::{MaterializedView, Policy, Rule, Trigger, View};
    if goes(actions, schema, needed) {
        return true;
    }
    let is_rigid = matches!(id.kind, View | MaterializedView | Rule | Policy | Trigger);
    let changes_type = |action: &Action| match action {
        Action::Alter(statements) => statements.iter().any(|sql| sql.rewrites_type),
        _ => false,
    };
    is_rigid && actions.of.get(needed).is_some_and(changes_type)
}
