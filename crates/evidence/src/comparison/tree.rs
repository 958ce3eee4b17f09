//! Differences as a tree: by schema, then by object, then by what is a part of it.
//! Out: which of it is shown, and how (`fold`, `draw`).
//! Called by comparisons.

use crate::describe::{one_line, said, within};
use groundline_catalog::{Change, Difference, Object, ObjectId, ObjectKind, Snapshot};
use groundline_core::scrub;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// All differences of a comparison.
pub(crate) struct Tree {
    pub groups: Vec<Group>,
}

/// The objects of one schema, or those that are in none.
pub(crate) struct Group {
    pub schema: Option<String>,
    pub nodes: Vec<Node>,
}

/// One object that differs, or of which a part does.
pub(crate) struct Node {
    pub object: ObjectId,
    /// Its name where it stands: without its schema, or within its table.
    pub name: String,
    pub sign: Sign,
    /// What can be said in a few words of an object that came or went.
    pub detail: Option<String>,
    /// How many objects came or went with it.
    pub along: BTreeMap<ObjectKind, usize>,
    /// What differs of an object that is on both sides.
    pub changes: Vec<Change>,
    pub parts: Vec<Node>,
}

/// What became of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Sign {
    Added,
    Removed,
    Changed,
    /// It is the same; its parts are not.
    Within,
}

impl Tree {
    /// The tree of the differences between two snapshots, which say what belongs to what.
    pub fn new(differences: &[Difference], before: &Snapshot, after: &Snapshot) -> Self {
        let sides = Sides { before, after };
        let along = sides.along(differences);
        let mut roots: BTreeMap<ObjectId, Node> = BTreeMap::new();
        for difference in differences {
            let root = sides.root(&difference.object);
            let node = roots.entry(root.clone()).or_insert_with(|| {
                let name = root.schema().map_or(&*root.identity, |schema| within(&root.identity, schema));
                Node::within(&root, name.to_owned())
            });
            let node = if difference.object == root { node } else { node.part(&difference.object) };
            node.take(&difference.change, sides.object(&difference.object));
            node.along.extend(along.get(&difference.object).into_iter().flatten());
        }
        let mut groups: BTreeMap<(bool, String), Vec<Node>> = BTreeMap::new();
        for node in roots.into_values() {
            let schema = match node.object.kind {
                ObjectKind::Schema => Some(&*node.object.identity),
                _ => node.object.schema(),
            };
            groups.entry((schema.is_none(), schema.unwrap_or_default().to_owned())).or_default().push(node);
        }
        let group = |((is_outside, schema), nodes): ((bool, String), _)| Group {
            schema: (!is_outside).then_some(schema),
            nodes,
        };
        Self { groups: groups.into_iter().map(group).collect() }
    }

    /// How many objects are in it.
    pub fn len(&self) -> usize {
        let parts = |node: &Node| 1 + node.parts.len();
        self.groups.iter().flat_map(|group| &group.nodes).map(parts).sum()
    }
}

impl Node {
    fn within(object: &ObjectId, name: String) -> Self {
        Self {
            object: object.clone(),
            name,
            sign: Sign::Within,
            detail: None,
            along: BTreeMap::new(),
            changes: Vec::new(),
            parts: Vec::new(),
        }
    }

    /// The node of a part. Differences come in the order of objects, so it is the last one if it is there.
    fn part(&mut self, object: &ObjectId) -> &mut Self {
        if self.parts.last().is_none_or(|last| last.object != *object) {
            let name = part_name(object, &self.object);
            self.parts.push(Node::within(object, name));
        }
        let last = self.parts.len() - 1;
        &mut self.parts[last]
    }

    fn take(&mut self, change: &Change, object: Option<&Object>) {
        match change {
            Change::Added => self.sign = Sign::Added,
            Change::Removed => self.sign = Sign::Removed,
            Change::Changed { .. } | Change::ColumnOrder { .. } => {
                self.sign = Sign::Changed;
                self.changes.push(change.clone());
            }
        }
        if matches!(self.sign, Sign::Added | Sign::Removed) {
            self.detail = object.and_then(|object| detail(self.object.kind, object));
        }
    }
}

/// Both snapshots, for what a difference does not say.
struct Sides<'a> {
    before: &'a Snapshot,
    after: &'a Snapshot,
}

impl<'a> Sides<'a> {
    fn object(&self, id: &ObjectId) -> Option<&'a Object> {
        let object = self.after.objects.get(id).or_else(|| self.before.objects.get(id));
        object.map(AsRef::as_ref)
    }

    /// The object that an object belongs to in the end: an index's table, a grant's schema; often itself.
    fn root(&self, id: &ObjectId) -> ObjectId {
        let mut at = id;
        // A chain of parents is short; one that went in a circle would end too.
        for _ in 0..8 {
            match self.object(at).and_then(|object| object.parent.as_ref()) {
                Some(parent) => at = parent,
                None => break,
            }
        }
        at.clone()
    }

    /// What came and went with each object that did.
    fn along(&self, differences: &'a [Difference]) -> BTreeMap<&'a ObjectId, BTreeMap<ObjectKind, usize>> {
        let mut along: BTreeMap<_, BTreeMap<_, usize>> = BTreeMap::new();
        for (side, change) in [(self.before, Change::Removed), (self.after, Change::Added)] {
            let told = differences.iter().filter(|one| one.change == change).map(|one| &one.object);
            let told: BTreeSet<&ObjectId> = told.collect();
            if told.is_empty() {
                continue;
            }
            for (id, object) in side.objects.iter().filter(|(id, _)| !told.contains(id)) {
                let mut parent = object.parent.as_ref();
                while let Some(at) = parent.filter(|at| !told.contains(at)) {
                    parent = side.objects.get(at).and_then(|object| object.parent.as_ref());
                }
                if let Some(teller) = parent.and_then(|parent| told.get(parent)) {
                    *along.entry(*teller).or_default().entry(id.kind).or_default() += 1;
                }
            }
        }
        along
    }
}

/// The name of a part under what it belongs to: `id`, `orders_by_day`; of a grant, `to reader`.
fn part_name(part: &ObjectId, root: &ObjectId) -> String {
    if part.kind == ObjectKind::Grant {
        let on_root = part.identity.strip_prefix(&format!("{root} "));
        return match on_root {
            Some(to) => to.to_owned(),
            None => format!("on {}", part.identity.replacen(&format!("{}.", root.identity), "", 1)),
        };
    }
    let name = within(&part.identity, &root.identity);
    match root.schema() {
        Some(schema) if name == &*part.identity => within(name, schema).to_owned(),
        _ => name.to_owned(),
    }
}

/// The words for an object that came or went.
fn detail(kind: ObjectKind, object: &Object) -> Option<String> {
    let value = |property: &str| object.properties.get(property);
    let words = match kind {
        ObjectKind::Column => {
            let pairs = object.properties.iter().filter(|(property, _)| &***property != "type");
            let kind = value("type").map(ToString::to_string);
            kind.into_iter().chain(pairs.filter_map(said)).collect::<Vec<_>>().join(", ")
        }
        ObjectKind::Grant | ObjectKind::DefaultPrivilege => value("privileges")?.to_string(),
        ObjectKind::View | ObjectKind::MaterializedView => return None,
        ObjectKind::Index => index(object)?,
        _ => value("definition").map(definition)?,
    };
    Some(one_line(&scrub(&words)))
}

/// A definition without the start that says again what the object is.
fn definition(text: &Arc<str>) -> String {
    let starts = ["CREATE TRIGGER ", "CREATE CONSTRAINT TRIGGER "];
    let rest = starts.iter().find_map(|start| text.strip_prefix(start));
    rest.and_then(|rest| rest.split_once(' ')).map_or_else(|| text.to_string(), |(_, rest)| rest.to_owned())
}

/// An index as `CREATE INDEX` has it, after the name and the table. That of a constraint is the constraint's.
fn index(object: &Object) -> Option<String> {
    let value = |property: &str| object.properties.get(property);
    let words = [
        value("unique").map(|_| "UNIQUE".to_owned()),
        value("method").map(|method| format!("USING {method}")),
        Some(format!("({})", value("keys")?)),
        value("include").map(|columns| format!("INCLUDE ({columns})")),
        value("nulls not distinct").map(|_| "NULLS NOT DISTINCT".to_owned()),
        value("where").map(|condition| format!("WHERE {condition}")),
    ];
    Some(words.into_iter().flatten().collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_lose_what_stands_above_them() {
        let table = ObjectId::new(ObjectKind::Table, "public.orders");
        let name = |kind, identity: &str| part_name(&ObjectId::new(kind, identity), &table);
        assert_eq!(name(ObjectKind::Column, "public.orders.id"), "id");
        assert_eq!(name(ObjectKind::Index, "public.orders_by_day"), "orders_by_day");
        assert_eq!(name(ObjectKind::Index, "other.orders_by_day"), "other.orders_by_day");
        assert_eq!(name(ObjectKind::Grant, "table public.orders to reader"), "to reader");
        assert_eq!(name(ObjectKind::Grant, "column public.orders.id to reader"), "on column id to reader");
    }

    #[test]
    fn definitions_do_not_say_the_name_again() {
        let said = |text: &str| definition(&Arc::from(text));
        assert_eq!(said("CREATE TRIGGER a BEFORE UPDATE ON public.t"), "BEFORE UPDATE ON public.t");
        assert_eq!(said("CHECK ((x > 0))"), "CHECK ((x > 0))");
    }

    #[test]
    fn an_index_is_said_as_it_is_created() {
        let said = |properties: &[(&str, &str)]| {
            let pairs = properties.iter().map(|(name, value)| ((*name).into(), (*value).into()));
            detail(ObjectKind::Index, &Object::new(pairs.collect(), None))
        };
        assert_eq!(said(&[("keys", "a, b DESC")]).as_deref(), Some("(a, b DESC)"));
        let all = [
            ("method", "gist"),
            ("unique", "true"),
            ("keys", "a"),
            ("include", "b, c"),
            ("nulls not distinct", "true"),
            ("where", "(a > 0)"),
        ];
        let whole = "UNIQUE USING gist (a) INCLUDE (b, c) NULLS NOT DISTINCT WHERE (a > 0)";
        assert_eq!(said(&all).as_deref(), Some(whole));
        assert_eq!(said(&[]), None);
    }
}
