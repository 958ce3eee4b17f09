//! Indexes. The definition of one that stands for a constraint is the constraint's; what else can be set of it is here.
//! Out: all other parts of relations. Called by the printer.
//! Source: `pg_get_indexdef_worker` in `src/backend/utils/adt/ruleutils.c`.

use super::super::expression::Place;
use super::super::names::{DEFAULT_COLLATION, OperatorClass};
use super::super::queries::Reach;
use super::super::raw::{Column, Constraint, Index};
use super::Printer;
use groundline_catalog::{ObjectId, ObjectKind};
use std::collections::HashMap;

/// Source: `src/include/catalog/pg_type.dat`.
const TEXT: u32 = 25;
const VARCHAR: u32 = 1043;
/// Bits of `indoption`.
const DESCENDING: i16 = 1;
const NULLS_FIRST: i16 = 2;

impl Printer<'_> {
    pub(super) fn indexes(&mut self) {
        let raw = self.raw;
        let of_constraint = |constraint: &&Constraint| matches!(constraint.kind, 'p' | 'u' | 'x');
        let constraints: HashMap<u32, &str> = raw
            .constraints
            .iter()
            .filter(of_constraint)
            .map(|constraint| (constraint.index, constraint.name.as_str()))
            .collect();
        for index in &raw.indexes {
            self.index(index, constraints.get(&index.oid).copied());
        }
    }

    fn index(&mut self, index: &Index, constraint: Option<&str>) {
        let (raw, names) = (self.raw, self.names);
        let Some(relation) = self.objects.head_of(Reach::Relations, index.relation).cloned() else { return };
        let (Some(identity), Some(class)) = (raw.identity(index.oid), raw.relations.get(&index.oid)) else {
            return;
        };
        let parent = match constraint {
            Some(name) => ObjectId::new(ObjectKind::Constraint, format!("{}.{name}", relation.identity)),
            None => relation,
        };
        let own = constraint.is_none();
        let keys = own.then(|| self.keys(index));
        let included =
            index.included().iter().map(|number| names.column(raw, index.relation, *number).unwrap_or("?"));
        let included = included.collect::<Vec<_>>().join(", ");
        let attached =
            raw.parents.get(&index.oid).and_then(|parents| names.relation(raw, parents.first()?.0));
        let method = raw.methods.get(&class.method).filter(|name| own && name.as_ref() != "btree").cloned();
        let mut of = self.properties(ObjectKind::Index);
        of.text("method", method);
        of.word("unique", (own && index.unique).then_some("true"));
        of.text("keys", keys);
        of.text("include", (own && !included.is_empty()).then_some(included));
        of.word("nulls not distinct", (own && index.nulls_not_distinct).then_some("true"));
        of.text("where", names.expressions.text(Place::Predicate(index.oid)).filter(|_| own));
        of.text("options", class.options.clone());
        of.word("valid", (!index.valid).then_some("false"));
        of.word("ready", (!index.ready).then_some("false"));
        of.word("clustered", index.clustered.then_some("true"));
        of.word("replica identity", index.replica_identity.then_some("true"));
        of.text("tablespace", names.tablespace(class.tablespace));
        of.text("attached to", attached);
        of.text("statistics targets", statistics_targets(raw.columns_of(index.oid)));
        of.text("depends on extensions", raw.extensions.get(&index.oid).cloned());
        of.text("comment", raw.comment(index.oid, 0));
        let object = of.object(None, Some(parent));
        self.made.push((index.relation, ObjectId::new(ObjectKind::Index, identity), object));
    }

    /// The keys as `CREATE INDEX` takes them.
    fn keys(&self, index: &Index) -> String {
        let keys = (0..index.columns.len()).take(usize::try_from(index.key_count).unwrap_or_default());
        keys.map(|at| self.key(index, at)).collect::<Vec<_>>().join(", ")
    }

    fn key(&self, index: &Index, at: usize) -> String {
        let (raw, names) = (self.raw, self.names);
        let nth = i32::try_from(at + 1).unwrap_or_default();
        let attribute = i16::try_from(at + 1).unwrap_or_default();
        let column = raw.column(index.relation, index.columns[at]);
        let mut key = match column {
            Some(column) => column.name.clone(),
            None => names
                .expressions
                .text(Place::Key(index.oid, nth))
                .map_or_else(|| "?".to_owned(), |key| key.to_string()),
        };
        let collation = index.collations.get(at).copied().unwrap_or_default();
        let usual = column.map_or(DEFAULT_COLLATION, |column| column.collation);
        if collation != usual
            && let Some(collation) = names.collation(collation)
        {
            key.push_str(&format!(" COLLATE {collation}"));
        }
        let parameters = raw.column(index.oid, attribute).and_then(|column| column.options.as_deref());
        if let Some(class) = index.classes.get(at).and_then(|class| names.class(*class)) {
            let of_type = column.map(|column| column.of_type).or_else(|| self.type_of_key(index, at));
            if !self.is_usual(class, of_type) || parameters.is_some() {
                key.push_str(&format!(" {}", class.name));
            }
        }
        if let Some(parameters) = parameters {
            key.push_str(&format!(" ({parameters})"));
        }
        let options = index.options.get(at).copied().unwrap_or_default();
        key.push_str(match (options & DESCENDING != 0, options & NULLS_FIRST != 0) {
            (false, false) => "",
            (false, true) => " NULLS FIRST",
            (true, true) => " DESC",
            (true, false) => " DESC NULLS LAST",
        });
        key
    }

    /// The type of a key that is an expression; of other methods than these two the index stores another type.
    fn type_of_key(&self, index: &Index, at: usize) -> Option<u32> {
        let method = self.raw.methods.get(&self.raw.relations.get(&index.oid)?.method)?;
        index.types.get(at).copied().filter(|_| matches!(&**method, "btree" | "hash"))
    }

    /// Whether a key of a type takes an operator class where none is given. Where that is not sure, the class is
    /// printed: that is never wrong. `character varying` has no classes of its own and takes those of `text`.
    fn is_usual(&self, class: &OperatorClass, of_type: Option<u32>) -> bool {
        let Some(of_type) = of_type else { return class.is_default };
        let base = self.names.type_facts(of_type).map(|facts| facts.base).filter(|base| *base != 0);
        let fits = |of_type: u32| class.input == of_type || (class.input == TEXT && of_type == VARCHAR);
        class.is_default && (class.is_polymorphic || fits(of_type) || base.is_some_and(fits))
    }
}

fn statistics_targets(columns: &[Column]) -> Option<String> {
    let target = |column: &Column| Some(format!("{} to {}", column.number, column.statistics_target?));
    let targets: Vec<String> = columns.iter().filter_map(target).collect();
    (!targets.is_empty()).then(|| targets.join(", "))
}
