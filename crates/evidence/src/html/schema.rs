//! The schema at head as the page shows it: relations with their columns and parts, then everything else.
//! What belongs to a relation is what its chain of parents leads to: an index's may begin with a constraint, a
//! grant's or a sequence's with a column.

use crate::describe::{said, within};
use crate::{SchemaFacts, SchemaObject, count};
use groundline_catalog::{ObjectId, ObjectKind};
use groundline_core::Digest;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};

/// A value with so many characters or with several lines is set as a block.
const BLOCK: usize = 160;

/// A schema.
#[derive(Serialize)]
pub(super) struct SchemaView<'a> {
    server: String,
    fingerprint: Option<Digest>,
    counts: Vec<String>,
    relations: Vec<RelationView<'a>>,
    others: Vec<KindView<'a>>,
}

/// A table or view.
#[derive(Serialize)]
struct RelationView<'a> {
    kind: &'static str,
    identity: &'a str,
    columns: Vec<ColumnView<'a>>,
    parts: Vec<PartView<'a>>,
    properties: Vec<PropertyView<'a>>,
    summary: String,
}

/// A column.
#[derive(Serialize)]
struct ColumnView<'a> {
    order: u32,
    name: &'a str,
    kind: &'a str,
    rest: String,
}

/// Any other object.
#[derive(Serialize)]
struct PartView<'a> {
    #[serde(skip)]
    id: &'a ObjectId,
    kind: &'static str,
    name: &'a str,
    /// What it stands for, where that is another part: an index's constraint, a grant's column.
    of: Option<String>,
    properties: Vec<PropertyView<'a>>,
}

/// What can be said of an object.
#[derive(Serialize)]
struct PropertyView<'a> {
    name: &'a str,
    value: &'a str,
    block: bool,
}

/// The objects of one kind that belong to no relation.
#[derive(Serialize)]
struct KindView<'a> {
    title: String,
    objects: Vec<PartView<'a>>,
}

impl<'a> SchemaView<'a> {
    pub(super) fn new(schema: &'a SchemaFacts) -> Self {
        let parents: Parents = schema.objects.iter().map(|one| (&one.id, one.parent.as_ref())).collect();
        let mut relations: Vec<RelationView> = Vec::new();
        let mut places = HashMap::new();
        for one in schema.objects.iter().filter(|one| one.id.kind.is_relation()) {
            places.insert(&one.id, relations.len());
            relations.push(RelationView::new(one));
        }
        let mut rest: BTreeMap<ObjectKind, Vec<PartView>> = BTreeMap::new();
        for one in schema.objects.iter().filter(|one| !one.id.kind.is_relation()) {
            let place = relation_of(&one.id, &parents).and_then(|relation| places.get(relation));
            match place.and_then(|place| relations.get_mut(*place)) {
                Some(relation) => relation.take(one),
                None => rest.entry(one.id.kind).or_default().push(PartView::new(one, None)),
            }
        }
        relations.iter_mut().for_each(RelationView::finish);
        let kind_view = |(kind, objects): (ObjectKind, Vec<_>)| KindView {
            title: count(objects.len(), kind.word()),
            objects,
        };
        Self {
            server: schema.server.to_string(),
            fingerprint: schema.fingerprint.map(|fingerprint| fingerprint.schema),
            counts: counts(schema),
            relations,
            others: rest.into_iter().map(kind_view).collect(),
        }
    }
}

impl<'a> RelationView<'a> {
    fn new(one: &'a SchemaObject) -> Self {
        Self {
            kind: one.id.kind.word(),
            identity: &one.id.identity,
            columns: Vec::new(),
            parts: Vec::new(),
            properties: properties(one),
            summary: String::new(),
        }
    }

    fn take(&mut self, one: &'a SchemaObject) {
        match one.id.kind {
            ObjectKind::Column => self.columns.push(ColumnView::new(one, self.identity)),
            _ => self.parts.push(PartView::new(one, Some(self.identity))),
        }
    }

    fn finish(&mut self) {
        self.columns.sort_by_key(|column| column.order);
        self.parts.sort_by_key(|part| part.id);
        let mut said = vec![count(self.columns.len(), "column")];
        for kind in ObjectKind::ALL.iter().map(|kind| kind.word()) {
            let number = self.parts.iter().filter(|part| part.kind == kind).count();
            if number > 0 {
                said.push(count(number, kind));
            }
        }
        self.summary = said.join(", ");
    }
}

impl<'a> ColumnView<'a> {
    fn new(one: &'a SchemaObject, relation: &str) -> Self {
        let rest: Vec<String> =
            one.properties.iter().filter(|(property, _)| &***property != "type").filter_map(said).collect();
        Self {
            order: one.order.unwrap_or(u32::MAX),
            name: within(&one.id.identity, relation),
            kind: one.properties.get("type").map_or("", |value| value),
            rest: rest.join(", "),
        }
    }
}

impl<'a> PartView<'a> {
    fn new(one: &'a SchemaObject, relation: Option<&str>) -> Self {
        let name = |identity| relation.map_or(identity, |relation| within(identity, relation));
        let of = one.parent.as_ref().filter(|parent| Some(&*parent.identity) != relation);
        Self {
            id: &one.id,
            kind: one.id.kind.word(),
            name: name(&one.id.identity),
            of: of.map(|parent| format!("{} {}", parent.kind, name(&parent.identity))),
            properties: properties(one),
        }
    }
}

/// Each object's parent.
type Parents<'a> = HashMap<&'a ObjectId, Option<&'a ObjectId>>;

/// The relation that an object's chain of parents leads to. A chain that went in a circle would end too.
fn relation_of<'a>(id: &'a ObjectId, parents: &Parents<'a>) -> Option<&'a ObjectId> {
    let mut at = id;
    for _ in 0..8 {
        at = parents.get(at).copied().flatten()?;
        if at.kind.is_relation() {
            return Some(at);
        }
    }
    None
}

fn properties(one: &SchemaObject) -> Vec<PropertyView<'_>> {
    let is_block = |value: &str| value.contains('\n') || value.chars().nth(BLOCK).is_some();
    let view = |(name, value)| PropertyView { name, value, block: is_block(value) };
    one.properties.iter().map(|(name, value)| (&**name, &**value)).map(view).collect()
}

fn counts(schema: &SchemaFacts) -> Vec<String> {
    let number = |kind| schema.objects.iter().filter(|one| one.id.kind == kind).count();
    let kinds = ObjectKind::ALL.iter().map(|kind| (number(*kind), kind.word()));
    kinds.filter(|(number, _)| *number > 0).map(|(number, word)| count(number, word)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parents_lead_to_the_relation() {
        let id = ObjectId::new;
        let table = id(ObjectKind::Table, "public.orders");
        let key = id(ObjectKind::Constraint, "public.orders.orders_pkey");
        let index = id(ObjectKind::Index, "elsewhere.orders_pkey");
        let (one, other) = (id(ObjectKind::Cast, "a"), id(ObjectKind::Cast, "b"));
        let parents = Parents::from([
            (&table, None),
            (&key, Some(&table)),
            (&index, Some(&key)),
            (&one, Some(&other)),
            (&other, Some(&one)),
        ]);
        let found = |id| relation_of(id, &parents);
        assert_eq!([&table, &key, &index, &one].map(found), [None, Some(&table), Some(&table), None]);
    }
}
