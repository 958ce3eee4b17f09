//! What needs what in a schema, by the names of snapshots: for the order of statements.
//! In: the server's numbers, and the names that they stand for. Out: the schema itself. Called by the reader, where that
//! is asked for.

use super::ask::{Asker, Effort};
use super::printer;
use super::raw::Raw;
use super::row::Row;
use super::scope::Excluded;
use futures_util::future::try_join;
use groundline_catalog::ddl::Dependencies;
use groundline_catalog::{ObjectId, ObjectKind};
use groundline_core::Result;
use std::collections::HashMap;

/// As much as the larger ones of the raw rows.
const EFFORT: Effort = 6;

const NEEDS: &str = include_str!("sql/dependency.sql");
const NAMES: &str = include_str!("sql/dependency_name.sql");

/// OIDs of catalogs, the same in each database. Source: `CATALOG` in `src/include/catalog/pg_*.h`.
const PG_TYPE: u32 = 1247;
const PG_CLASS: u32 = 1259;
const PG_ATTRDEF: u32 = 2604;
const PG_CONSTRAINT: u32 = 2606;

/// A catalog, a row of it by its OID, and the number of a column or 0.
type Address = (u32, u32, i16);

/// What the server says of one database.
pub(super) struct Needs {
    pairs: Vec<(Address, Address)>,
    /// Types of rows and of arrays, and what they come with.
    implied: HashMap<Address, Address>,
    named: HashMap<Address, ObjectId>,
}

/// Objects of relations, as the raw rows name them. What has gone since is there too: nothing refers to it.
#[derive(Default)]
pub(super) struct Relations {
    named: HashMap<Address, ObjectId>,
    /// Indexes of constraints: what needs the one needs the other.
    constraints: HashMap<Address, ObjectId>,
}

/// Reads it under the settings of a reading; nothing where nobody asked.
pub(super) async fn of(asker: &Asker<'_>, excluded: &Excluded) -> Result<Option<Needs>> {
    if !excluded.with_needs {
        return Ok(None);
    }
    let named = |row: Row| {
        let address = (row.get(0), row.get(1), 0);
        ObjectKind::from_word(row.get(2)).map(|kind| (address, ObjectId::new(kind, row.get::<&str>(3))))
    };
    let (groups, named): (Vec<Row>, Vec<_>) =
        try_join(asker.each(EFFORT, NEEDS, &[], |row| row), asker.each(EFFORT, NAMES, &[], named)).await?;
    let mut needs =
        Needs { pairs: Vec::new(), implied: HashMap::new(), named: named.into_iter().flatten().collect() };
    groups.iter().for_each(|group| needs.take(group));
    Ok(Some(needs))
}

impl Needs {
    fn take(&mut self, group: &Row) {
        let side = |class: usize, objects: usize| -> Vec<Address> {
            let (class, oids, parts): (u32, Vec<u32>, Vec<i16>) =
                (group.get(class), group.get(objects), group.get(objects + 1));
            oids.into_iter().zip(parts).map(|(oid, part)| (class, oid, part)).collect()
        };
        let pairs = side(0, 3).into_iter().zip(side(1, 5));
        match group.get::<u32>(0) == PG_TYPE && group.character(2) == 'i' {
            true => self.implied.extend(pairs),
            false => self.pairs.extend(pairs),
        }
    }

    /// With the names of both sides. What has none is no object of a snapshot.
    pub fn resolve(&self, relations: &Relations) -> Dependencies {
        let mut found = Dependencies::default();
        for (object, needed) in &self.pairs {
            for object in self.names(relations, object) {
                for needed in self.names(relations, needed).filter(|needed| *needed != object) {
                    let is_owned = object.kind == ObjectKind::Sequence && needed.kind == ObjectKind::Column;
                    if !is_owned {
                        found.insert(object.clone(), needed.clone());
                    }
                }
            }
        }
        found
    }

    fn names<'n>(
        &'n self,
        relations: &'n Relations,
        address: &Address,
    ) -> impl Iterator<Item = &'n ObjectId> {
        self.name(relations, address).into_iter().chain(relations.constraints.get(address))
    }

    fn name<'n>(&'n self, relations: &'n Relations, address: &Address) -> Option<&'n ObjectId> {
        let named = relations.named.get(address).or_else(|| self.named.get(address));
        named.or_else(|| self.name(relations, self.implied.get(address)?))
    }
}

impl Relations {
    /// Adds the relations of a reading, in their state of now.
    pub fn add(&mut self, raw: &Raw) {
        for relation in raw.relations.values() {
            let (Some(identity), Some(kind)) = (raw.identity(relation.oid), kind_of(relation.kind)) else {
                continue;
            };
            let has_columns = !matches!(kind, ObjectKind::Index | ObjectKind::Sequence);
            for column in raw.columns_of(relation.oid).iter().filter(|_| has_columns) {
                let id = ObjectId::new(ObjectKind::Column, format!("{identity}.{}", column.name));
                self.named.insert((PG_CLASS, relation.oid, column.number), id);
            }
            self.named.insert((PG_CLASS, relation.oid, 0), ObjectId::new(kind, identity));
        }
        for default in raw.defaults() {
            if let Some(column) = self.named.get(&(PG_CLASS, default.relation, default.column)).cloned() {
                self.named.insert((PG_ATTRDEF, default.oid, 0), column);
            }
        }
        for constraint in &raw.constraints {
            let Some(table) = self.named.get(&(PG_CLASS, constraint.relation, 0)) else { continue };
            let id = ObjectId::new(ObjectKind::Constraint, format!("{}.{}", table.identity, constraint.name));
            if matches!(constraint.kind, 'p' | 'u' | 'x') {
                self.constraints.insert((PG_CLASS, constraint.index, 0), id.clone());
            }
            self.named.insert((PG_CONSTRAINT, constraint.oid, 0), id);
        }
    }
}

/// The kind of a relation; none for what is no object of a snapshot.
fn kind_of(relation: char) -> Option<ObjectKind> {
    match relation {
        'i' | 'I' => Some(ObjectKind::Index),
        other => printer::kind_of(other),
    }
}
