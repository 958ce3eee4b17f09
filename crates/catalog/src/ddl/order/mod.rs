//! The order of statements: each after what it needs, each drop after what needs the dropped.
//! Out: what there is to order (`actions`), parents that tables leave and join (`family`), tables that become logged or
//! unlogged (`persistence`). Called by `plan`.

mod family;
mod persistence;

use super::actions::{Action, Actions, goes};
use super::kinds::{self, Sql};
use super::section::Place;
use super::side::Side;
use super::{Does, LeftOut, Options, Plan, Step};
use crate::{ObjectId, ObjectKind, Snapshot};
use std::collections::{BTreeMap, BTreeSet};

struct Node {
    object: ObjectId,
    does: Does,
    place: Place,
    statements: Vec<Sql>,
    /// The nodes that come before it.
    after: BTreeSet<usize>,
}

/// The nodes of objects: who drops it, who makes or alters it.
#[derive(Default)]
struct Graph {
    nodes: Vec<Node>,
    drops: BTreeMap<ObjectId, usize>,
    makes: BTreeMap<ObjectId, usize>,
    /// What types are before their functions are there.
    shells: BTreeMap<ObjectId, usize>,
    /// Tables that leave parents, and that join some.
    leaves: BTreeMap<ObjectId, usize>,
    joins: BTreeMap<ObjectId, usize>,
}

pub(super) fn ordered(actions: &Actions<'_>, before: Side<'_>, after: Side<'_>, options: Options) -> Plan {
    let mut graph = Graph::default();
    let mut left_out = actions.left_out.clone();
    for (id, action) in &actions.of {
        if let Err(why) = graph.add(actions, id, action, before, after) {
            left_out.push(LeftOut { object: id.clone(), why });
        }
    }
    graph.add_families(&actions.families, before, after);
    graph.link(before, after);
    graph.link_persistence(&actions.persistence, before, after);
    graph.link_families(&actions.families, before, after);
    let mut plan = Plan { left_out, ..Plan::default() };
    for node in graph.sorted() {
        let Node { object, does, place, statements, .. } = node;
        if let Some(loses) = statements.iter().find_map(|sql| sql.loses).filter(|_| !options.destructive) {
            plan.left_out.push(LeftOut::losing(object, loses));
            continue;
        }
        plan.steps.extend(statements.into_iter().map(|Sql { text, loses, apart, .. }| Step {
            object: object.clone(),
            does,
            sql: text,
            section: place.section,
            root: place.root.clone(),
            loses,
            apart,
        }));
    }
    plan.steps.extend(actions.of.iter().filter_map(|(id, action)| match action {
        Action::Rebuild(_, last) => Some(Step::alone(id.clone(), Does::Alter, last.text.clone())),
        _ => None,
    }));
    plan.has_unchecked_bodies =
        plan.steps.iter().any(|step| step.is_routine() && is_read_at_once(&step.object, after.schema));
    plan
}

/// Whether PostgreSQL reads a routine's body when it is made.
fn is_read_at_once(routine: &ObjectId, schema: &Snapshot) -> bool {
    let language = schema.objects.get(routine).and_then(|object| object.properties.get("language"));
    language.is_none_or(|language| language.as_ref() == "sql")
}

impl Graph {
    fn add(
        &mut self,
        actions: &Actions<'_>,
        id: &ObjectId,
        action: &Action,
        before: Side<'_>,
        after: Side<'_>,
    ) -> Result<(), String> {
        let dropped = || dropped(actions, id, before);
        let made = || made(actions, id, before, after);
        match action {
            Action::Drop => self.push(id, Does::Drop, dropped()?, before.schema),
            Action::Create => {
                let made = made()?;
                if let Some(shell) = kinds::shell(id, after) {
                    let node = self.node(id, Does::Create, vec![shell], after.schema);
                    self.shells.insert(id.clone(), node);
                }
                self.push(id, Does::Create, made, after.schema);
            }
            Action::Recreate => {
                let (dropped, made) = (dropped()?, made()?);
                self.push(id, Does::Drop, dropped, before.schema);
                self.push(id, Does::Create, made, after.schema);
            }
            Action::Alter(statements) | Action::Rebuild(statements, _) => {
                self.push(id, Does::Alter, statements.clone(), after.schema);
            }
        }
        Ok(())
    }

    fn push(&mut self, id: &ObjectId, does: Does, statements: Vec<Sql>, schema: &Snapshot) {
        let number = self.node(id, does, statements, schema);
        let of = if does == Does::Drop { &mut self.drops } else { &mut self.makes };
        of.insert(id.clone(), number);
    }

    fn node(&mut self, id: &ObjectId, does: Does, statements: Vec<Sql>, schema: &Snapshot) -> usize {
        let place = Place::of(id, does, schema);
        self.nodes.push(Node { object: id.clone(), does, place, statements, after: BTreeSet::new() });
        self.nodes.len() - 1
    }

    fn link(&mut self, before: Side<'_>, after: Side<'_>) {
        let (names, partitions) = (self.dropped_names(), self.new_partitions(after.schema));
        let mut edges = Vec::new();
        for (id, make) in &self.makes {
            let parent = parent_of(after.schema, id);
            for needed in self.all_needs(id, after, parent) {
                // Its functions have the shell; the type has them.
                let shell =
                    self.shells.get(needed).filter(|_| after.needs.of(needed).any(|other| other == id));
                let other = shell.copied().or_else(|| nearest(&self.makes, after.schema, needed));
                edges.extend(other.map(|other| (*make, other)));
            }
            edges.extend(self.shells.get(id).map(|shell| (*make, *shell)));
            if id.kind == ObjectKind::Grant && parent.is_some_and(|parent| parent.kind == ObjectKind::Column)
            {
                let table = parent.and_then(|column| parent_of(after.schema, column));
                let of_table = table.zip(id.identity.rsplit_once(" to "));
                let grant = of_table
                    .map(|(table, (_, to))| ObjectId::new(ObjectKind::Grant, format!("{table} to {to}")));
                let nodes = grant
                    .iter()
                    .flat_map(|grant| self.makes.get(grant).into_iter().chain(self.drops.get(grant)));
                edges.extend(nodes.map(|other| (*make, *other)));
            }
            edges.extend(self.drops.get(id).map(|drop| (*make, *drop)));
            edges.extend(self.theirs(id, after).map(|theirs| (theirs, *make)));
            // Once a table has an index, it gives each new partition one of a name of its own choice.
            if let Some(table) =
                parent.filter(|_| matches!(id.kind, ObjectKind::Index | ObjectKind::Constraint))
            {
                let new = partitions.get(&*table.identity).into_iter().flatten();
                edges.extend(new.map(|partition| (*make, *partition)));
            }
            if self.nodes[*make].does == Does::Create {
                let same = names.get(&key(id)).into_iter().flatten();
                edges.extend(same.map(|drop| (*make, *drop)));
            } else {
                let owner = before.schema.objects.get(id).and_then(|object| object.parent.as_ref());
                let owner = owner.filter(|_| id.kind == ObjectKind::Sequence);
                let dropped = owner.and_then(|owner| nearest(&self.drops, before.schema, owner));
                edges.extend(dropped.map(|drop| (self.gone_with(drop, before.schema), *make)));
                // A table that is logged or unlogged takes its sequences along.
                let table = owner.and_then(|column| parent_of(before.schema, column));
                let altered = table.and_then(|table| self.makes.get(table));
                edges.extend(altered.map(|table| (*make, *table)));
                for needed in before.needs.of(id) {
                    let only_dropped = self.drops.get(needed).filter(|_| !self.makes.contains_key(needed));
                    edges.extend(only_dropped.map(|drop| (*drop, *make)));
                }
            }
        }
        edges.extend(self.drops_in_order(before));
        self.come_after(edges);
    }

    /// Has nodes come after others.
    fn come_after(&mut self, edges: Vec<(usize, usize)>) {
        for (later, earlier) in edges {
            if later != earlier {
                self.nodes[later].after.insert(earlier);
            }
        }
    }

    /// Which node comes after which, of those that drop.
    fn drops_in_order(&self, before: Side<'_>) -> Vec<(usize, usize)> {
        let mut edges = Vec::new();
        for (id, drop) in &self.drops {
            let parent = parent_of(before.schema, id);
            let gone = self.gone_with(*drop, before.schema);
            // A type and its functions need each other: it takes them along.
            let needs = || {
                let is_shell = kinds::shell(id, before).is_some();
                before
                    .needs
                    .of(id)
                    .filter(move |needed| !is_shell || !before.needs.of(needed).any(|other| other == id))
            };
            for needed in needs() {
                let other = nearest(&self.drops, before.schema, needed)
                    .map(|other| self.gone_with(other, before.schema));
                edges.extend(other.map(|other| (other, gone)));
            }
            for needed in needs().chain(parent) {
                edges.extend(nearest(&self.drops, before.schema, needed).map(|other| (other, *drop)));
                let altered = nearest(&self.makes, before.schema, needed);
                edges.extend(
                    altered
                        .filter(|other| self.nodes[*other].does == Does::Alter)
                        .map(|other| (other, *drop)),
                );
            }
        }
        edges
    }

    /// The nodes of the parents' columns under which a column is the table's own, too: it is there before them.
    fn theirs<'g>(&'g self, id: &'g ObjectId, side: Side<'g>) -> impl Iterator<Item = usize> + 'g {
        let is_both = side.property(id, "inherited") == Some("and local");
        let table = side.parent(id).filter(|_| is_both && id.kind == ObjectKind::Column);
        let parents = table.and_then(|table| side.property(table, "inherits")).into_iter();
        parents.flat_map(|all| all.split(", ")).filter_map(|parent| {
            let column = format!("{parent}.{}", id.last_part());
            self.makes.get(&ObjectId::new(ObjectKind::Column, column)).copied()
        })
    }

    /// The new partitions of each table.
    fn new_partitions<'s>(&self, schema: &'s Snapshot) -> BTreeMap<&'s str, Vec<usize>> {
        let mut partitions: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (id, make) in self.makes.iter().chain(&self.joins) {
            let Some(object) = schema.objects.get(id) else { continue };
            let parent = object.properties.get("inherits");
            if let Some(parent) = parent.filter(|_| object.properties.contains_key("partition bound")) {
                let joins = self.joins.get(id).unwrap_or(make);
                partitions.entry(parent).or_default().push(*joins);
            }
        }
        partitions
    }

    /// The node that drops it in fact: where its own has no statement, that of what it lives with.
    fn gone_with(&self, drop: usize, schema: &Snapshot) -> usize {
        let node = &self.nodes[drop];
        let parent = parent_of(schema, &node.object).filter(|_| node.statements.is_empty());
        let above = parent.and_then(|parent| nearest(&self.drops, schema, parent));
        above.map_or(drop, |above| self.gone_with(above, schema))
    }

    /// What an object and those that are made with it need.
    fn all_needs<'s>(
        &self,
        id: &ObjectId,
        side: Side<'s>,
        parent: Option<&'s ObjectId>,
    ) -> Vec<&'s ObjectId> {
        let own = side.needs.of(id).chain(parent);
        let inside = side.made_with(id);
        let is_own = |needed: &ObjectId| needed == id || parent_of(side.schema, needed) == Some(id);
        own.chain(inside.flat_map(|child| side.needs.of(child))).filter(|needed| !is_own(needed)).collect()
    }

    /// Drops by the name that they make free.
    fn dropped_names(&self) -> BTreeMap<String, Vec<usize>> {
        let mut names: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (id, drop) in &self.drops {
            names.entry(key(id)).or_default().push(*drop);
        }
        names
    }

    /// Kahn's order; of those that may come, by their places in a script. In a circle the first one goes on.
    fn sorted(self) -> Vec<Node> {
        let rank = |node: &Node| (node.place.clone(), node.object.clone());
        let mut waiting: Vec<BTreeSet<usize>> = self.nodes.iter().map(|node| node.after.clone()).collect();
        let mut later: Vec<Vec<usize>> = vec![Vec::new(); self.nodes.len()];
        for (place, node) in self.nodes.iter().enumerate() {
            node.after.iter().for_each(|earlier| later[*earlier].push(place));
        }
        let mut left: BTreeSet<_> =
            self.nodes.iter().enumerate().map(|(place, node)| (rank(node), place)).collect();
        let mut ready: BTreeSet<_> =
            left.iter().filter(|(_, place)| waiting[*place].is_empty()).cloned().collect();
        let mut order = Vec::with_capacity(self.nodes.len());
        while let Some(next) = ready.pop_first().or_else(|| left.first().cloned()) {
            left.remove(&next);
            order.push(next.1);
            for place in &later[next.1] {
                waiting[*place].remove(&next.1);
                let entry = (rank(&self.nodes[*place]), *place);
                if waiting[*place].is_empty() && left.contains(&entry) {
                    ready.insert(entry);
                }
            }
        }
        let mut nodes: Vec<Option<Node>> = self.nodes.into_iter().map(Some).collect();
        order.into_iter().filter_map(|place| nodes[place].take()).collect()
    }
}

/// The statements that drop an object; none where something else takes it along.
fn dropped(actions: &Actions<'_>, id: &ObjectId, before: Side<'_>) -> Result<Vec<Sql>, String> {
    let goes = |id: &ObjectId| goes(actions, before.schema, id);
    if id.kind != ObjectKind::UserMapping && before.parent(id).is_some_and(goes) {
        return Ok(Vec::new());
    }
    let attached = before.property(id, "attached to").filter(|_| id.kind == ObjectKind::Index);
    if let Some(to) = attached.filter(|_| !actions.families.is_late(id)) {
        return match goes(&ObjectId::new(ObjectKind::Index, to)) {
            true => Ok(Vec::new()),
            false => Err(format!("it is attached to {to}, and no statement detaches an index")),
        };
    }
    let is_taken = |needed: &ObjectId| {
        kinds::shell(needed, before).is_some()
            && before.needs.of(needed).any(|other| other == id)
            && goes(needed)
    };
    match before.needs.of(id).any(is_taken) {
        true => Ok(Vec::new()),
        false => kinds::drop(id, before),
    }
}

/// The statements that make an object; none where something else brings it along.
fn made(actions: &Actions<'_>, id: &ObjectId, before: Side<'_>, after: Side<'_>) -> Result<Vec<Sql>, String> {
    let made = |parent: &ObjectId| matches!(actions.of.get(parent), Some(Action::Create | Action::Recreate));
    if id.kind == ObjectKind::Column && after.parent(id).is_some_and(made) {
        return Ok(Vec::new());
    }
    let is_there = |column: &&ObjectId| before.get(column).is_some() && !goes(actions, before.schema, column);
    let column = after.parent(id).filter(|_| id.kind == ObjectKind::Sequence).filter(is_there);
    let owned = column.and_then(|_| kinds::owned(id, after));
    let alone = actions.families.is_alone(id) || actions.families.is_early(id);
    kinds::create(id, after, alone).map(|made| made.into_iter().chain(owned).collect())
}

/// What an object has to be made after: a sequence is there before the column that it goes with.
fn parent_of<'s>(schema: &'s Snapshot, id: &ObjectId) -> Option<&'s ObjectId> {
    schema.objects.get(id)?.parent.as_ref().filter(|_| id.kind != ObjectKind::Sequence)
}

/// The node of an object, or of the nearest that it lives with.
fn nearest(nodes: &BTreeMap<ObjectId, usize>, schema: &Snapshot, id: &ObjectId) -> Option<usize> {
    if let Some(node) = nodes.get(id) {
        return Some(*node);
    }
    let parent = schema.objects.get(id)?.parent.as_ref()?;
    nearest(nodes, schema, parent)
}

/// What must be unique: relations, indexes and types share their names.
fn key(id: &ObjectId) -> String {
    match (id.schema(), id.kind) {
        (Some(schema), ObjectKind::Constraint) => format!("{schema}.{}", id.last_part()),
        (Some(_), kind)
            if kind.is_relation()
                || matches!(
                    kind,
                    ObjectKind::Index | ObjectKind::Sequence | ObjectKind::Type | ObjectKind::Domain
                ) =>
        {
            id.identity.to_string()
        }
        _ => format!("{} {}", id.kind, id.identity),
    }
}
