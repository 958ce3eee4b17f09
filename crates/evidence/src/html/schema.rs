//! The schema at head as the page shows it: relations with their columns and parts, then everything else.

use crate::{SchemaFacts, SchemaObject, count};
use groundline_catalog::ObjectKind;
use groundline_core::Digest;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};

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
    properties: Vec<(&'a str, &'a str)>,
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
    kind: &'static str,
    name: &'a str,
    properties: Vec<(&'a str, &'a str)>,
}

/// The objects of one kind that belong to no relation.
#[derive(Serialize)]
struct KindView<'a> {
    title: String,
    objects: Vec<PartView<'a>>,
}

impl<'a> SchemaView<'a> {
    pub(super) fn new(schema: &'a SchemaFacts) -> Self {
        let mut relations: Vec<RelationView> = Vec::new();
        let mut places = HashMap::new();
        for one in schema.objects.iter().filter(|one| is_relation(one.id.kind)) {
            places.insert(&*one.id.identity, relations.len());
            relations.push(RelationView::new(one));
        }
        let mut rest: BTreeMap<ObjectKind, Vec<PartView>> = BTreeMap::new();
        for one in schema.objects.iter().filter(|one| !is_relation(one.id.kind)) {
            let parent = owner(one).and_then(|owner| places.get(owner));
            match parent.and_then(|place| relations.get_mut(*place)) {
                Some(relation) => relation.take(one),
                None => rest.entry(one.id.kind).or_default().push(PartView::new(one, &one.id.identity)),
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
        let name = last_part(&one.id.identity);
        match one.id.kind {
            ObjectKind::Column => self.columns.push(ColumnView::new(one, name)),
            _ => self.parts.push(PartView::new(one, name)),
        }
    }

    fn finish(&mut self) {
        self.columns.sort_by_key(|column| column.order);
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
    fn new(one: &'a SchemaObject, name: &'a str) -> Self {
        let is_rest = |(property, value): &(&str, &str)| *property != "type" && *value != "false";
        let said = |(property, value): (&str, &str)| match value {
            "true" => property.to_owned(),
            value => format!("{property} {value}"),
        };
        let all = properties(one);
        let kind = all.iter().find(|(property, _)| *property == "type").map_or("", |(_, value)| *value);
        let rest: Vec<String> = all.into_iter().filter(is_rest).map(said).collect();
        Self { order: one.object.order.unwrap_or(u32::MAX), name, kind, rest: rest.join(", ") }
    }
}

impl<'a> PartView<'a> {
    fn new(one: &'a SchemaObject, name: &'a str) -> Self {
        Self { kind: one.id.kind.word(), name, properties: properties(one) }
    }
}

fn properties(one: &SchemaObject) -> Vec<(&str, &str)> {
    one.object.properties.iter().map(|(property, value)| (&**property, &**value)).collect()
}

fn is_relation(kind: ObjectKind) -> bool {
    matches!(kind, ObjectKind::Table | ObjectKind::View | ObjectKind::MaterializedView)
}

/// The relation that an object belongs to: what its `table` property says, else what its identity starts with.
fn owner(one: &SchemaObject) -> Option<&str> {
    match one.object.properties.get("table") {
        Some(table) => Some(table),
        None => Some(&one.id.identity[..last_dot(&one.id.identity)?]),
    }
}

fn last_part(identity: &str) -> &str {
    last_dot(identity).map_or(identity, |dot| &identity[dot + 1..])
}

/// The last dot that is in no quoted name and in no list of arguments.
fn last_dot(identity: &str) -> Option<usize> {
    let (mut quoted, mut depth, mut last) = (false, 0_usize, None);
    for (at, c) in identity.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth = depth.saturating_sub(1),
            '.' if !quoted && depth == 0 => last = Some(at),
            _ => {}
        }
    }
    last
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
    fn finds_the_last_part_of_a_name() {
        assert_eq!(last_part("public.orders.id"), "id");
        assert_eq!(last_part(r#"public."a.b"."c.d""#), r#""c.d""#);
        assert_eq!(last_part("public.total(pg_catalog.int4)"), "total(pg_catalog.int4)");
        assert_eq!(last_part("pg_trgm"), "pg_trgm");
    }
}
