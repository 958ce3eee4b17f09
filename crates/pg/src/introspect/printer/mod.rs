//! From rows of numbers and names (`raw`, `names`) to objects, in PostgreSQL's own words: relations and sequences here,
//! their parts in files of their own. What is printed is held against the server's printing by a test.
//! Out: asking the server. Called by the reading.

mod column;
mod constraint;
mod heads;
mod index;
mod properties;

use super::assemble::Objects;
use super::names::Names;
use super::queries::Reach;
use super::raw::{Raw, Relation};
use groundline_catalog::{Object, ObjectId, ObjectKind};
pub(super) use heads::kind_of;
pub(super) use properties::PRINTED;
use properties::{Properties, Words};

/// From this number of columns on, half of the printing is done by a second thread.
const MANY: usize = 1_000;

/// An object and the relation that it is read with.
type Made = (u32, ObjectId, Object);

/// Makes objects of the rows of one reading.
struct Printer<'r> {
    raw: &'r Raw,
    names: &'r Names,
    objects: &'r Objects<'r>,
    words: Words,
    made: Vec<Made>,
}

/// Adds all objects of the rows.
pub(super) fn print(raw: &Raw, names: &Names, objects: &mut Objects<'_>) {
    heads::add(raw, objects);
    let printer = || Printer { raw, names, objects, words: Words::default(), made: Vec::new() };
    let columns = || printer().print_columns_and_indexes();
    let others = || printer().print_others();
    let (columns, others) = match raw.columns.len() < MANY {
        true => (columns(), others()),
        false => std::thread::scope(|scope| {
            let columns = scope.spawn(columns);
            let others = others();
            match columns.join() {
                Ok(columns) => (columns, others),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }),
    };
    for (unit, id, object) in others.into_iter().chain(columns) {
        objects.add(Reach::Relations, unit, id, object);
    }
}

impl Printer<'_> {
    fn print_columns_and_indexes(mut self) -> Vec<Made> {
        self.columns();
        self.indexes();
        self.made
    }

    fn print_others(mut self) -> Vec<Made> {
        self.relations();
        self.sequences();
        self.constraints();
        self.made
    }

    fn properties(&mut self, kind: ObjectKind) -> Properties<'_> {
        Properties::new(kind, self.objects.exclude.profile, &mut self.words)
    }

    /// The relation of a unit, and `relation.part`.
    fn part(&self, kind: ObjectKind, relation: u32, name: &str) -> Option<(ObjectId, ObjectId)> {
        let relation = self.objects.head_of(Reach::Relations, relation)?;
        Some((ObjectId::new(kind, format!("{}.{name}", relation.identity)), relation.clone()))
    }

    /// Tables, views, materialized views, foreign tables, composite types.
    fn relations(&mut self) {
        self.raw.relations.values().for_each(|relation| self.relation(relation));
    }

    fn relation(&mut self, relation: &Relation) {
        let (raw, names) = (self.raw, self.names);
        let head = self.objects.head_of(Reach::Relations, relation.oid);
        let Some(id) = head.filter(|id| id.kind != ObjectKind::Sequence).cloned() else { return };
        let kind = id.kind;
        let method = raw.methods.get(&relation.method).filter(|name| name.as_ref() != "heap").cloned();
        let foreign = names.foreign_table(relation.oid);
        let toast = raw.relations.get(&relation.toast).and_then(|toast| toast.options.clone());
        let mut of = self.properties(kind);
        of.text("owner", names.role(relation.owner));
        of.word("form", (relation.kind == 'c').then_some("composite"));
        of.word("persistence", (relation.persistence == 'u').then_some("unlogged"));
        of.text("access method", method);
        of.text("tablespace", names.tablespace(relation.tablespace));
        of.text("options", relation.options.clone());
        of.text("toast options", toast);
        of.word("replica identity", replica_identity(relation));
        of.word("row security", relation.row_security.then_some("enabled"));
        of.word("row security forced", relation.row_security_forced.then_some("true"));
        of.text("partition key", relation.partition_key.clone());
        of.text("partition bound", relation.partition_bound.clone());
        of.text("inherits", parents(raw, names, relation));
        of.text("of type", names.of_type(relation.of_type, -1));
        of.text("definition", relation.definition.clone());
        of.word("populated", (relation.kind == 'm' && !relation.populated).then_some("false"));
        of.text("server", foreign.map(|table| table.server.clone()));
        of.text("server options", foreign.and_then(|table| table.options.clone()));
        of.text("depends on extensions", raw.extensions.get(&relation.oid).cloned());
        of.text("comment", raw.comment(relation.oid, 0));
        let object = of.object(None, None);
        self.made.push((relation.oid, id, object));
    }

    fn sequences(&mut self) {
        let (raw, names) = (self.raw, self.names);
        for sequence in &raw.sequences {
            let Some(relation) = raw.relations.get(&sequence.relation) else { continue };
            let Some(id) = self.objects.head_of(Reach::Relations, relation.oid).cloned() else { continue };
            let owner = sequence.owned_by.and_then(|(table, column, is_identity)| {
                let column = names.column(raw, table, column)?;
                Some((format!("{}.{column}", names.relation(raw, table)?), is_identity))
            });
            let owned_by = owner.as_ref().map(|(column, is_identity)| match is_identity {
                true => format!("identity of {column}"),
                false => column.clone(),
            });
            let mut of = self.properties(ObjectKind::Sequence);
            of.text("owner", names.role(relation.owner));
            of.word("persistence", (relation.persistence == 'u').then_some("unlogged"));
            of.text("type", names.of_type(sequence.of_type, -1));
            of.text("start", Some(sequence.start.to_string()));
            of.text("increment", (sequence.increment != 1).then(|| sequence.increment.to_string()));
            of.text("minimum", Some(sequence.minimum.to_string()));
            of.text("maximum", Some(sequence.maximum.to_string()));
            of.text("cache", (sequence.cache != 1).then(|| sequence.cache.to_string()));
            of.word("cycle", sequence.cycle.then_some("true"));
            of.text("owned by", owned_by);
            of.text("comment", raw.comment(relation.oid, 0));
            let object = of.object(None, owner.map(|(column, _)| ObjectId::new(ObjectKind::Column, column)));
            self.made.push((relation.oid, id, object));
        }
    }
}

fn replica_identity(relation: &Relation) -> Option<&'static str> {
    match (relation.kind, relation.replica_identity) {
        ('r' | 'p' | 'm', 'n') => Some("nothing"),
        ('r' | 'p' | 'm', 'f') => Some("full"),
        ('r' | 'p' | 'm', 'i') => Some("index"),
        _ => None,
    }
}

fn parents(raw: &Raw, names: &Names, relation: &Relation) -> Option<String> {
    let parent = |(parent, is_pending): &(u32, bool)| {
        let name = names.relation(raw, *parent)?;
        Some(format!("{name}{}", if *is_pending { " (detach pending)" } else { "" }))
    };
    let parents = raw.parents.get(&relation.oid)?.iter().filter_map(parent);
    Some(parents.collect::<Vec<_>>().join(", "))
}
