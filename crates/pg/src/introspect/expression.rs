//! Expressions of defaults, checks and indexes: which are alike, so that the server prints each only once.
//! Out: what they stand in (`column`, `constraint`, `index`). Called by `names`.
//!
//! `pg_get_expr` prints a tree from the tree itself, from what its OIDs name, and from the names of the relation's
//! columns. Within one snapshot, therefore, two trees print alike if they are equal but for source positions, and the
//! columns that they mention are named alike. Schemas repeat themselves: a thousand `DEFAULT now()` are one printing.

use super::ask::{Asker, Parameter};
use super::raw::Raw;
use groundline_core::Result;
use std::collections::HashMap;
use std::sync::Arc;

/// Where the server finds an expression.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Place {
    /// OID of a row of `pg_attrdef`.
    Default(u32),
    /// OID of a constraint.
    Check(u32),
    /// OID of an index.
    Predicate(u32),
    /// OID of an index, and the key's number from 1.
    Key(u32, i32),
}

/// Expressions and their texts.
#[derive(Default)]
pub(super) struct Expressions {
    /// Number of the expression at a place.
    places: HashMap<Place, usize>,
    /// One place for each number.
    first: Vec<Place>,
    texts: Vec<Arc<str>>,
}

impl Expressions {
    /// All expressions of a reading, not yet printed.
    pub fn of(raw: &Raw) -> Self {
        let mut expressions = Self::default();
        let (places, first) = (&mut expressions.places, &mut expressions.first);
        let mut alike = HashMap::new();
        let mut number = |place, key: String| {
            *alike.entry(key).or_insert_with(|| {
                first.push(place);
                first.len() - 1
            })
        };
        for expression in &raw.expressions {
            let mentions_columns = expression.tree.contains(COLUMN);
            let apart = if mentions_columns { expression.of.len() } else { 1 };
            let (apart, same) = expression.of.split_at(apart);
            for default in apart {
                let key = key(&expression.tree, raw, default.relation);
                let number = number(Place::Default(default.oid), key);
                let all = std::iter::once(default).chain(same);
                places.extend(all.map(|default| (Place::Default(default.oid), number)));
            }
        }
        for constraint in &raw.constraints {
            if let Some(tree) = &constraint.tree {
                let place = Place::Check(constraint.oid);
                places.insert(place, number(place, key(tree, raw, constraint.relation)));
            }
        }
        for index in &raw.indexes {
            if let Some(tree) = &index.predicate {
                let place = Place::Predicate(index.oid);
                places.insert(place, number(place, key(tree, raw, index.relation)));
            }
            let Some(trees) = &index.expressions else { continue };
            let trees = key(trees, raw, index.relation);
            let keys = index.columns.iter().zip(1..).filter(|(column, _)| **column == 0);
            for (nth, (_, place)) in keys.enumerate() {
                let place = Place::Key(index.oid, place);
                places.insert(place, number(place, format!("key {nth} of {trees}")));
            }
        }
        expressions
    }

    /// Has the server print them.
    pub async fn print(&mut self, asker: &Asker<'_>) -> Result<()> {
        let of = |wanted: fn(&Place) -> Option<(u32, i32)>| -> (Vec<u32>, Vec<i32>) {
            self.first.iter().filter_map(wanted).unzip()
        };
        let ask = async |sql: &str, (oids, keys): (Vec<u32>, Vec<i32>)| match oids.is_empty() {
            true => Ok(Vec::new()),
            false => asker.rows(sql, &[Parameter::Oids(&oids), Parameter::Integers(&keys)]).await,
        };
        let (defaults, checks, predicates, keys) = tokio::try_join!(
            ask(DEFAULTS, of(|place| matches!(place, Place::Default(_)).then(|| place.parts()))),
            ask(CHECKS, of(|place| matches!(place, Place::Check(_)).then(|| place.parts()))),
            ask(PREDICATES, of(|place| matches!(place, Place::Predicate(_)).then(|| place.parts()))),
            ask(KEYS, of(|place| matches!(place, Place::Key(..)).then(|| place.parts()))),
        )?;
        let mut texts = vec![Arc::from(""); self.first.len()];
        let rows = defaults.iter().map(|row| (Place::Default(row.get(0)), row));
        let rows = rows.chain(checks.iter().map(|row| (Place::Check(row.get(0)), row)));
        let rows = rows.chain(predicates.iter().map(|row| (Place::Predicate(row.get(0)), row)));
        let rows = rows.chain(keys.iter().map(|row| (Place::Key(row.get(0), row.get(1)), row)));
        for (place, row) in rows {
            if let (Some(number), Some(text)) = (self.places.get(&place), row.get::<Option<&str>>(2)) {
                texts[*number] = Arc::from(text);
            }
        }
        self.texts = texts;
        Ok(())
    }

    /// The text of the expression at a place.
    pub fn text(&self, place: Place) -> Option<Arc<str>> {
        self.texts.get(*self.places.get(&place)?).cloned()
    }
}

impl Place {
    fn parts(&self) -> (u32, i32) {
        match *self {
            Place::Default(oid) | Place::Check(oid) | Place::Predicate(oid) => (oid, 0),
            Place::Key(oid, number) => (oid, number),
        }
    }
}

const DEFAULTS: &str = "SELECT d.oid, m.key, pg_get_expr(d.adbin, d.adrelid) \
    FROM unnest($1, $2) AS m (oid, key) JOIN pg_attrdef AS d ON d.oid = m.oid";
const CHECKS: &str = "SELECT c.oid, m.key, pg_get_expr(c.conbin, c.conrelid) \
    FROM unnest($1, $2) AS m (oid, key) JOIN pg_constraint AS c ON c.oid = m.oid";
const PREDICATES: &str = "SELECT i.indexrelid, m.key, pg_get_expr(i.indpred, i.indrelid) \
    FROM unnest($1, $2) AS m (oid, key) JOIN pg_index AS i ON i.indexrelid = m.oid";
const KEYS: &str =
    "SELECT m.oid, m.key, pg_get_indexdef(m.oid, m.key, false) FROM unnest($1, $2) AS m (oid, key)";

/// What a tree has before the number of a column that it mentions.
const COLUMN: &str = " :varattno ";

/// What all trees that print alike have in common. Source: `_outVar` and `WRITE_LOCATION_FIELD` in
/// `src/backend/nodes/outfuncs.c`.
fn key(tree: &str, raw: &Raw, relation: u32) -> String {
    const LOCATION: &str = " :location ";
    let mut key = String::with_capacity(tree.len() + 32);
    let mut rest = tree;
    while let Some(at) = rest.find(LOCATION) {
        key.push_str(&rest[..at]);
        rest = rest[at + LOCATION.len()..].trim_start_matches(|c: char| c.is_ascii_digit() || c == '-');
    }
    key.push_str(rest);
    let mut mentioned = tree;
    while let Some(at) = mentioned.find(COLUMN) {
        mentioned = &mentioned[at + COLUMN.len()..];
        let number = mentioned.split(' ').next().and_then(|number| number.parse().ok());
        let name = number.and_then(|number| raw.column_name(relation, number));
        key.push('\n');
        match name {
            Some(name) => key.push_str(name),
            // A whole row, or a column that was not read: like nothing of another relation.
            None => key.push_str(&relation.to_string()),
        }
    }
    key
}
