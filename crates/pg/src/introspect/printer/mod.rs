//! From rows of numbers and names (`raw`, `names`) to objects, in PostgreSQL's own words: relations and sequences here,
//! their parts in files of their own. What is printed is held against the server's printing by a test.
//! Out: asking the server. Called by the reading.

mod column;
mod constraint;
mod index;
mod properties;

use super::assemble::Objects;
use super::names::Names;
use super::queries::Reach;
use super::raw::{Raw, Relation};
use groundline_catalog::{ObjectId, ObjectKind};
use properties::{Properties, Words};

/// Makes objects of the rows of one reading.
pub(super) struct Printer<'r, 'e> {
    raw: &'r Raw,
    names: &'r Names,
    words: Words,
    objects: &'r mut Objects<'e>,
}

impl<'r, 'e> Printer<'r, 'e> {
    /// Adds all objects of the rows.
    pub fn print(raw: &'r Raw, names: &'r Names, objects: &'r mut Objects<'e>) {
        let mut printer = Self { raw, names, words: Words::default(), objects };
        raw.relations.values().for_each(|relation| printer.relation(relation));
        printer.sequences();
        printer.columns();
        printer.constraints();
        printer.indexes();
    }

    fn properties(&mut self, kind: ObjectKind) -> Properties<'_> {
        Properties::new(kind, self.objects.exclude.profile, &mut self.words)
    }

    /// The relation of a unit, and `relation.part`.
    fn part(&self, kind: ObjectKind, relation: u32, name: &str) -> Option<(ObjectId, ObjectId)> {
        let relation = self.objects.head_of(Reach::Relations, relation)?;
        Some((ObjectId::new(kind, format!("{}.{name}", relation.identity)), relation.clone()))
    }

    fn kind_of(&mut self, relation: &Relation, identity: &str) -> Option<ObjectKind> {
        match relation.kind {
            'r' | 'p' => Some(ObjectKind::Table),
            'f' => Some(ObjectKind::ForeignTable),
            'v' => Some(ObjectKind::View),
            'm' => Some(ObjectKind::MaterializedView),
            'c' => Some(ObjectKind::Type),
            // Sequences and indexes have rows of their own; toast tables are a part of their table.
            'S' | 'i' | 'I' | 't' => None,
            other => {
                self.objects
                    .note(format!("{identity} is a relation of the unknown kind {other:?}: it is not read"));
                None
            }
        }
    }

    /// Tables, views, materialized views, foreign tables, composite types.
    fn relation(&mut self, relation: &Relation) {
        let (raw, names) = (self.raw, self.names);
        let Some(identity) = raw.identity(relation.oid).filter(|identity| !identity.starts_with("pg_"))
        else {
            return;
        };
        let Some(kind) = self.kind_of(relation, &identity) else { return };
        let id = ObjectId::new(kind, identity);
        if !self.objects.head(Reach::Relations, relation.oid, &id) {
            return;
        }
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
        of.text("comment", raw.comment(relation.oid, 0));
        let object = of.object(None, None);
        self.objects.add(Reach::Relations, relation.oid, id, object);
    }

    fn sequences(&mut self) {
        let (raw, names) = (self.raw, self.names);
        for sequence in &raw.sequences {
            let Some(relation) = raw.relations.get(&sequence.relation) else { continue };
            let Some(identity) = raw.identity(relation.oid).filter(|identity| !identity.starts_with("pg_"))
            else {
                continue;
            };
            let id = ObjectId::new(ObjectKind::Sequence, identity);
            if !self.objects.head(Reach::Relations, relation.oid, &id) {
                continue;
            }
            if let Some((table, ..)) = sequence.owned_by {
                self.objects.owned(relation.oid, table);
            }
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
            self.objects.add(Reach::Relations, relation.oid, id, object);
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
