//! Renames: those that a person names are statements before all others, those that might be one are asked about. Nothing
//! is guessed: a table or column of another name is one that goes and one that comes.
//! Out: everything else of a plan (`catalog::ddl`).
//! Called by `autogenerate`.

use groundline_catalog::ddl::{Does, Part, Plan, Step};
use groundline_catalog::{Object, ObjectId, ObjectKind, Snapshot};
use groundline_core::{Fault, Result};
use std::collections::BTreeSet;

/// The parts that rename, and take it back.
pub struct Renames {
    /// There.
    pub up: Part,
    /// And back.
    pub down: Part,
}

/// Reads `--rename OLD=NEW`, against the schema in which the old names are.
///
/// # Errors
/// There is no table and no column of the old name, or the text says no two names.
pub fn read(texts: &[String], head: &Snapshot) -> Result<Option<Renames>> {
    let (mut up, mut down) = (Vec::new(), Vec::new());
    for text in texts {
        let (old, new) = text.split_once('=').ok_or_else(|| {
            Fault::new(format!("--rename {text} names no two names")).next("--rename orders.total=amount")
        })?;
        let id = find(old.trim(), head)?;
        let new = new.trim().rsplit('.').next().unwrap_or_default();
        let (there, back) = statements(id, new);
        up.push(step(id, there));
        down.insert(0, step(id, back));
    }
    let part = |steps| Part::together("rename", steps);
    Ok((!up.is_empty()).then(|| Renames { up: part(up), down: part(down) }))
}

fn find<'s>(old: &str, head: &'s Snapshot) -> Result<&'s ObjectId> {
    let is_named = |id: &&ObjectId| {
        let identity: &str = &id.identity;
        matches!(id.kind, ObjectKind::Table | ObjectKind::Column)
            && (identity == old || identity.strip_prefix("public.") == Some(old))
    };
    head.objects.keys().find(is_named).ok_or_else(|| {
        Fault::new(format!("there is no table and no column {old} at head"))
            .next("name it as schema.table or schema.table.column; without a schema it is public's")
    })
}

fn statements(id: &ObjectId, new: &str) -> (String, String) {
    let old = id.last_part();
    let above = id.identity.strip_suffix(old).unwrap_or_default().trim_end_matches('.');
    match id.kind {
        ObjectKind::Column => {
            let rename = |from: &str, to: &str| format!("ALTER TABLE {above} RENAME COLUMN {from} TO {to}");
            (rename(old, new), rename(new, old))
        }
        _ => {
            let rename = |from: &str, to: &str| format!("ALTER TABLE {above}.{from} RENAME TO {to}");
            (rename(old, new), rename(new, old))
        }
    }
}

fn step(id: &ObjectId, sql: String) -> Step {
    Step::alone(id.clone(), Does::Alter, sql)
}

/// What goes and what comes, alike but for the name: questions to a person.
pub fn questions(plan: &Plan, head: &Snapshot, wanted: &Snapshot) -> Vec<Fault> {
    let is_of = |id: &&ObjectId| matches!(id.kind, ObjectKind::Table | ObjectKind::Column);
    let dropped = plan.steps.iter().filter(|step| step.does == Does::Drop).map(|step| &step.object);
    let left_out = plan.left_out.iter().map(|left| &left.object);
    let goes: BTreeSet<&ObjectId> =
        dropped.chain(left_out).filter(is_of).filter(|id| !wanted.objects.contains_key(*id)).collect();
    let comes: BTreeSet<&ObjectId> = plan
        .steps
        .iter()
        .filter(|step| step.does == Does::Create)
        .map(|step| &step.object)
        .filter(is_of)
        .filter(|id| !head.objects.contains_key(*id))
        .collect();
    let pairs = goes.iter().flat_map(|old| comes.iter().map(move |new| (*old, *new)));
    pairs
        .filter(|(old, new)| shape(old, head).is_some_and(|shape| Some(shape) == self::shape(new, wanted)))
        .map(|(old, new)| {
            Fault::new(format!("{old} might become {new}"))
                .why("they are alike but for the name; as it is, one goes with what is in it, and one comes empty")
                .next(format!("if it is the same: --rename {}={}", old.identity, new.last_part()))
        })
        .collect()
}

/// What is alike in two that might be one.
fn shape(id: &ObjectId, schema: &Snapshot) -> Option<(ObjectKind, String, Vec<String>)> {
    let object = schema.objects.get(id)?;
    let of_column = |id: &ObjectId, object: &Object| {
        let get =
            |property: &str| object.properties.get(property).map(ToString::to_string).unwrap_or_default();
        format!("{} {} {}", id.last_part(), get("type"), get("not null"))
    };
    if id.kind == ObjectKind::Column {
        let words = of_column(id, object);
        let words = words.strip_prefix(id.last_part()).unwrap_or_default().to_owned();
        return Some((id.kind, object.parent.as_ref()?.identity.to_string(), vec![words]));
    }
    let columns = schema.of_kind(ObjectKind::Column).filter(|(_, column)| column.parent.as_ref() == Some(id));
    let columns = columns.map(|(column, object)| of_column(column, object)).collect();
    Some((id.kind, id.schema().unwrap_or_default().to_owned(), columns))
}
