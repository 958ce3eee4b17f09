//! From the rows of the queries whose objects the server prints (`queries`) to objects.
//! Out: the rows of numbers and names (`printer`). Called by the reading.
//!
//! The columns that say which object a row is:
//! `_unit`: OID of the relation or routine that it belongs to, or its own; `_kind`: its kind, where the query has
//! several; `_identity`: its identity, or else `_part`: its name within the unit's relation; `_parent_kind` and
//! `_parent`: what it lives and dies with; `_column` and `_grantee`: of a grant. All others are properties.

use super::assemble::{Objects, is_head};
use super::queries::{Query, Reach};
use super::row::Row;
use groundline_catalog::{Object, ObjectId, ObjectKind};
use groundline_core::{Fault, Result};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Adds the objects of a query's rows. Relations must be known before their parts.
pub(super) fn take(objects: &mut Objects<'_>, query: &Query, rows: &[Row]) -> Result<()> {
    let Some(first) = rows.first() else { return Ok(()) };
    let columns = Columns::of(first);
    for row in rows {
        let unit: u32 = row.get(columns.unit);
        let kind = match text(row, columns.kind) {
            None => query.kind,
            Some(word) => ObjectKind::from_word(word)
                .ok_or_else(|| Fault::new(format!("the catalog's queries name no kind {word:?}")))?,
        };
        let Some((id, parent)) = place(objects, query.reach, unit, kind, row, &columns) else { continue };
        let properties = properties(objects, kind, row, &columns);
        objects.add(query.reach, unit, id, Object::new(properties, None).of_parent(parent));
    }
    Ok(())
}

/// The object of a row and its parent; none where it is left out.
fn place(
    objects: &mut Objects<'_>,
    reach: Reach,
    unit: u32,
    kind: ObjectKind,
    row: &Row,
    columns: &Columns,
) -> Option<(ObjectId, Option<ObjectId>)> {
    if let Some(grantee) = text(row, columns.grantee) {
        let object = match text(row, columns.parent) {
            Some(parent) => ObjectId::new(ObjectKind::from_word(text(row, columns.parent_kind)?)?, parent),
            None => objects.head_of(reach, unit)?.clone(),
        };
        let parent = match text(row, columns.column) {
            Some(column) => ObjectId::new(ObjectKind::Column, format!("{}.{column}", object.identity)),
            None => object,
        };
        let kept = !objects.exclude.in_schema(&parent.identity);
        return kept.then(|| (ObjectId::new(kind, format!("{parent} to {grantee}")), Some(parent)));
    }
    let identity = text(row, columns.identity);
    if is_head(reach, kind) {
        let id = ObjectId::new(kind, identity?);
        return objects.head(reach, unit, &id).then_some((id, None));
    }
    if reach == Reach::Complete {
        let identity = identity?;
        let parent_kind = text(row, columns.parent_kind).and_then(ObjectKind::from_word);
        let parent = parent_kind.zip(text(row, columns.parent));
        let parent = parent.map(|(kind, parent)| ObjectId::new(kind, parent));
        return (!objects.exclude.in_schema(identity)).then(|| (ObjectId::new(kind, identity), parent));
    }
    let relation = objects.head_of(reach, unit)?.clone();
    let id = match identity {
        Some(identity) => ObjectId::new(kind, identity),
        None => ObjectId::new(kind, format!("{}.{}", relation.identity, text(row, columns.part)?)),
    };
    Some((id, Some(relation)))
}

fn properties(
    objects: &Objects<'_>,
    kind: ObjectKind,
    row: &Row,
    columns: &Columns,
) -> BTreeMap<Arc<str>, Arc<str>> {
    let property = |(at, name): &(usize, Arc<str>)| {
        let value: &str = row.get::<Option<&str>>(*at)?;
        objects.exclude.profile.counts(kind, name).then(|| (name.clone(), Arc::from(value)))
    };
    columns.properties.iter().filter_map(property).collect()
}

/// Where a query's columns are.
struct Columns {
    unit: usize,
    kind: Option<usize>,
    identity: Option<usize>,
    part: Option<usize>,
    parent_kind: Option<usize>,
    parent: Option<usize>,
    column: Option<usize>,
    grantee: Option<usize>,
    properties: Vec<(usize, Arc<str>)>,
}

impl Columns {
    fn of(row: &Row) -> Self {
        let names = row.names().into_iter().enumerate();
        let find = |wanted: &str| names.clone().find(|(_, name)| *name == wanted).map(|(at, _)| at);
        let properties = names.clone().filter(|(_, name)| !name.starts_with('_'));
        Self {
            unit: find("_unit").unwrap_or_default(),
            kind: find("_kind"),
            identity: find("_identity"),
            part: find("_part"),
            parent_kind: find("_parent_kind"),
            parent: find("_parent"),
            column: find("_column"),
            grantee: find("_grantee"),
            properties: properties.map(|(at, name)| (at, name.into())).collect(),
        }
    }
}

fn text(row: &Row, column: Option<usize>) -> Option<&str> {
    row.get(column?)
}
