//! From the rows of catalog queries to objects, and from objects to a snapshot.
//! Out: asking for the rows (`mod`). Called by the reader.
//!
//! The columns that say which object a row is:
//! `_unit`: OID of the relation or routine that it belongs to, or its own; `_kind`: its kind, where the query has
//! several; `_identity`: its identity, or else `_part`: its name within the unit's relation; `_order`: its place
//! among siblings, ascending; `_owner`: OID of the table that a sequence belongs to; `_of_constraint`: the
//! constraint that an index stands for; `_parent_kind` and `_parent`: what it lives and dies with; `_column` and
//! `_grantee`: of a grant.

use super::Excluded;
use super::queries::{Query, Scope};
use super::versions::Units;
use groundline_catalog::{Object, ObjectId, ObjectKind, Snapshot};
use groundline_core::{Fault, Result, ServerVersion};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use tokio_postgres::Row;

type Made = (ObjectId, Arc<Object>);

/// All objects of a database, by what they are read with.
#[derive(Default)]
pub(super) struct Assembly {
    units: HashMap<(Scope, u32), Vec<Made>>,
    rest: Vec<Made>,
    /// Relations that are left out: their sequences are, too.
    excluded: HashSet<u32>,
}

impl Assembly {
    /// All of it.
    pub fn snapshot(&self, server: ServerVersion) -> Snapshot {
        let all = self.units.values().flatten().chain(&self.rest);
        Snapshot { objects: all.cloned().collect(), ..Snapshot::empty(server) }
    }
}

/// Objects that were read.
pub(super) struct Objects<'e> {
    exclude: &'e Excluded,
    /// The relation or routine of a unit.
    heads: HashMap<(Scope, u32), ObjectId>,
    /// Sequences and the tables that own them.
    owned: Vec<(u32, u32)>,
    read: Assembly,
}

impl<'e> Objects<'e> {
    /// The objects of some rows; relations before their parts, as the registry has them.
    pub fn of(exclude: &'e Excluded, read: &[(&Query, Vec<Row>)]) -> Result<Self> {
        let mut objects =
            Self { exclude, heads: HashMap::new(), owned: Vec::new(), read: Assembly::default() };
        for (query, rows) in read {
            objects.take(query, rows)?;
        }
        Ok(objects)
    }

    /// They are everything; those that are as they were in `before` are shared with it.
    pub fn complete(mut self, before: &Assembly) -> Assembly {
        self.drop_sequences_of_excluded(&HashSet::new());
        let mut known: HashMap<&ObjectId, &Arc<Object>> = HashMap::new();
        known.extend(before.units.values().flatten().chain(&before.rest).map(|(id, object)| (id, object)));
        let all = self.read.units.values_mut().flatten().chain(&mut self.read.rest);
        for (id, object) in all {
            share(object, known.get(id).copied());
        }
        self.read
    }

    /// They are those of the changed units; all others are as they were in `before`.
    pub fn in_part(mut self, mut before: Assembly, changed: &Units) -> Assembly {
        self.drop_sequences_of_excluded(&before.excluded);
        for unit in changed.all() {
            let old = before.units.remove(&unit).unwrap_or_default();
            if let Some(mut new) = self.read.units.remove(&unit) {
                let old: HashMap<_, _> = old.iter().map(|(id, object)| (id, object)).collect();
                for (id, object) in &mut new {
                    share(object, old.get(id).copied());
                }
                before.units.insert(unit, new);
            }
        }
        before.excluded.extend(self.read.excluded);
        before
    }

    fn drop_sequences_of_excluded(&mut self, excluded_before: &HashSet<u32>) {
        for (sequence, owner) in &self.owned {
            if self.read.excluded.contains(owner) || excluded_before.contains(owner) {
                self.read.units.remove(&(Scope::Relations, *sequence));
            }
        }
    }

    fn take(&mut self, query: &Query, rows: &[Row]) -> Result<()> {
        let Some(first) = rows.first() else { return Ok(()) };
        let columns = Columns::of(first);
        let mut place = (0, 0);
        for row in rows {
            let unit: u32 = row.get(columns.unit);
            let kind = match text(row, columns.kind) {
                None => query.kind,
                Some(word) => ObjectKind::from_word(word)
                    .ok_or_else(|| Fault::new(format!("the catalog's queries name no kind {word:?}")))?,
            };
            let Some((id, parent)) = self.place(query.scope, unit, kind, row, &columns) else { continue };
            if columns.order {
                place = if place.0 == unit { (unit, place.1 + 1) } else { (unit, 1) };
            }
            let order = columns.order.then_some(place.1);
            let properties = self.properties(kind, row, &columns);
            let object = Arc::new(Object::new(properties, order).of_parent(parent));
            match query.scope {
                Scope::Complete => self.read.rest.push((id, object)),
                scope => self.read.units.entry((scope, unit)).or_default().push((id, object)),
            }
        }
        Ok(())
    }

    /// The object of a row and its parent; none where it is left out.
    fn place(
        &mut self,
        scope: Scope,
        unit: u32,
        kind: ObjectKind,
        row: &Row,
        columns: &Columns,
    ) -> Option<(ObjectId, Option<ObjectId>)> {
        if let Some(grantee) = text(row, columns.grantee) {
            let object = match text(row, columns.parent) {
                Some(parent) => ObjectId::new(ObjectKind::from_word(text(row, columns.parent_kind)?)?, parent),
                None => self.heads.get(&(scope, unit))?.clone(),
            };
            let parent = match text(row, columns.column) {
                Some(column) => ObjectId::new(ObjectKind::Column, format!("{}.{column}", object.identity)),
                None => object,
            };
            let kept = !self.exclude.in_schema(&parent.identity);
            return kept.then(|| (ObjectId::new(kind, format!("{parent} to {grantee}")), Some(parent)));
        }
        let identity = text(row, columns.identity);
        if is_head(scope, kind) {
            return self.head(scope, unit, ObjectId::new(kind, identity?), row, columns);
        }
        if scope == Scope::Complete {
            let identity = identity?;
            let parent_kind = text(row, columns.parent_kind).and_then(ObjectKind::from_word);
            let parent = parent_kind.zip(text(row, columns.parent));
            let parent = parent.map(|(kind, parent)| ObjectId::new(kind, parent));
            return (!self.exclude.in_schema(identity)).then(|| (ObjectId::new(kind, identity), parent));
        }
        let relation = self.heads.get(&(scope, unit))?;
        let within = |part: &str| format!("{}.{part}", relation.identity);
        let id = match identity {
            Some(identity) => ObjectId::new(kind, identity),
            None => ObjectId::new(kind, within(text(row, columns.part)?)),
        };
        let parent = match text(row, columns.of_constraint) {
            Some(constraint) => ObjectId::new(ObjectKind::Constraint, within(constraint)),
            None => relation.clone(),
        };
        Some((id, Some(parent)))
    }

    /// A relation or a routine: the rows of its parts are met later.
    fn head(
        &mut self,
        scope: Scope,
        unit: u32,
        id: ObjectId,
        row: &Row,
        columns: &Columns,
    ) -> Option<(ObjectId, Option<ObjectId>)> {
        if self.exclude.relation(&id.identity) {
            self.read.excluded.insert(unit);
            return None;
        }
        if let Some(owner) = columns.owner.and_then(|at| row.get::<_, Option<u32>>(at)) {
            self.owned.push((unit, owner));
        }
        self.heads.insert((scope, unit), id.clone());
        let column = text(row, columns.owned_by);
        let column = column.map(|column| column.strip_prefix("identity of ").unwrap_or(column));
        Some((id, column.map(|column| ObjectId::new(ObjectKind::Column, column))))
    }

    fn properties(&self, kind: ObjectKind, row: &Row, columns: &Columns) -> BTreeMap<Arc<str>, Arc<str>> {
        let property = |(at, name): &(usize, Arc<str>)| {
            let value: &str = row.get::<_, Option<&str>>(*at)?;
            self.exclude.profile.counts(kind, name).then(|| (name.clone(), Arc::from(value)))
        };
        columns.properties.iter().filter_map(property).collect()
    }
}

/// Whether an object is what its unit is named after.
fn is_head(scope: Scope, kind: ObjectKind) -> bool {
    use ObjectKind::{
        Aggregate, ForeignTable, Function, MaterializedView, Procedure, Sequence, Table, Type, View,
    };
    match scope {
        Scope::Relations => {
            matches!(kind, Table | ForeignTable | View | MaterializedView | Type | Sequence)
        }
        Scope::Routines => matches!(kind, Function | Procedure | Aggregate),
        Scope::Complete => false,
    }
}

/// Takes the old object in place of an equal new one, so that many snapshots share it.
fn share(new: &mut Arc<Object>, old: Option<&Arc<Object>>) {
    if let Some(old) = old.filter(|old| *old == new) {
        *new = old.clone();
    }
}

/// Where a query's columns are.
struct Columns {
    unit: usize,
    order: bool,
    owner: Option<usize>,
    kind: Option<usize>,
    identity: Option<usize>,
    part: Option<usize>,
    of_constraint: Option<usize>,
    parent_kind: Option<usize>,
    parent: Option<usize>,
    column: Option<usize>,
    grantee: Option<usize>,
    owned_by: Option<usize>,
    properties: Vec<(usize, Arc<str>)>,
}

impl Columns {
    fn of(row: &Row) -> Self {
        let names = row.columns().iter().map(tokio_postgres::Column::name).enumerate();
        let find = |wanted: &str| names.clone().find(|(_, name)| *name == wanted).map(|(at, _)| at);
        let properties = names.clone().filter(|(_, name)| !name.starts_with('_'));
        Self {
            unit: find("_unit").unwrap_or_default(),
            order: find("_order").is_some(),
            owner: find("_owner"),
            kind: find("_kind"),
            identity: find("_identity"),
            part: find("_part"),
            of_constraint: find("_of_constraint"),
            parent_kind: find("_parent_kind"),
            parent: find("_parent"),
            column: find("_column"),
            grantee: find("_grantee"),
            owned_by: find("owned by"),
            properties: properties.map(|(at, name)| (at, name.into())).collect(),
        }
    }
}

fn text(row: &Row, column: Option<usize>) -> Option<&str> {
    row.get(column?)
}
