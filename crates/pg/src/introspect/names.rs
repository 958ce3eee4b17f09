//! Names of what raw rows refer to by OID: types, collations, operator classes, roles, relations out of reach. The
//! server gives each of them once.
//! Out: printing objects with them. Called by the reading.

use super::ask::{Asker, Parameter};
use super::expression::Expressions;
use super::queries::{Reach, sql_for};
use super::raw::Raw;
use super::row::Row;
use futures_util::future::try_join;
use groundline_catalog::Profile;
use groundline_core::{Result, ServerVersion};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// What a column's type says of the column.
#[derive(Clone, Copy)]
pub(super) struct TypeFacts {
    /// Collation that a column has without another.
    pub collation: u32,
    /// Storage that a column has without another.
    pub storage: char,
    /// The type under a domain, or 0.
    pub base: u32,
}

/// An operator class.
pub(super) struct OperatorClass {
    pub name: Arc<str>,
    /// Whether an index on its input type takes it where none is given.
    pub is_default: bool,
    pub input: u32,
    pub is_polymorphic: bool,
}

/// What a foreign table is on its server.
pub(super) struct ForeignTable {
    pub server: Arc<str>,
    pub options: Option<String>,
}

/// The names.
#[derive(Default)]
pub(super) struct Names {
    types: HashMap<(u32, i32), Arc<str>>,
    facts: HashMap<u32, TypeFacts>,
    collations: HashMap<u32, Arc<str>>,
    classes: HashMap<u32, OperatorClass>,
    roles: HashMap<u32, Arc<str>>,
    tablespaces: HashMap<u32, Arc<str>>,
    /// Relations that were not read with the rows.
    relations: HashMap<u32, Arc<str>>,
    columns: HashMap<(u32, i16), Arc<str>>,
    foreign_tables: HashMap<u32, ForeignTable>,
    pub expressions: Expressions,
}

const TYPES: &str = "SELECT t.oid, m.modifier, format_type(t.oid, m.modifier), t.typcollation, t.typstorage, t.typbasetype \
    FROM unnest($1, $2) AS m (oid, modifier) JOIN pg_type AS t ON t.oid = m.oid";
const COLLATIONS: &str = "SELECT c.oid, quote_ident(n.nspname) || '.' || quote_ident(c.collname) \
    FROM pg_collation AS c JOIN pg_namespace AS n ON n.oid = c.collnamespace WHERE c.oid = ANY ($1)";
const CLASSES: &str = "SELECT o.oid, CASE WHEN pg_opclass_is_visible(o.oid) THEN '' \
        ELSE quote_ident(n.nspname) || '.' END || quote_ident(o.opcname), \
    o.opcdefault, o.opcintype, t.typtype = 'p' \
    FROM pg_opclass AS o JOIN pg_namespace AS n ON n.oid = o.opcnamespace JOIN pg_type AS t ON t.oid = o.opcintype \
    WHERE o.oid = ANY ($1)";
const ROLES: &str = "SELECT oid, pg_get_userbyid(oid)::text FROM unnest($1) AS m (oid)";
const TABLESPACES: &str = "SELECT oid, spcname::text FROM pg_tablespace WHERE oid = ANY ($1)";
const RELATIONS: &str = "SELECT oid, oid::regclass::text FROM unnest($1) AS m (oid)";
const COLUMNS: &str = "SELECT attrelid, attnum, quote_ident(attname) FROM pg_attribute \
    WHERE attrelid = ANY ($1) AND attnum > 0 AND NOT attisdropped";
const FOREIGN_TABLES: &str = include_str!("sql/raw/foreign_table.sql");

/// The collation that follows the database's. Source: `src/include/catalog/pg_collation.dat`.
pub(super) const DEFAULT_COLLATION: u32 = 100;

impl Names {
    /// Asks for the names of what the rows refer to.
    pub async fn read(asker: &Asker<'_>, server: ServerVersion, raw: &Raw, profile: Profile) -> Result<Self> {
        let foreign_tables = sql_for(FOREIGN_TABLES, server, Reach::Relations);
        let mut expressions = Expressions::of(raw);
        let types = types_of(raw);
        let (oids, modifiers): (Vec<u32>, Vec<i32>) = types.into_iter().unzip();
        let pairs = [Parameter::Oids(&oids), Parameter::Integers(&modifiers)];
        let ask = async |sql: &str, oids: BTreeSet<u32>| match oids.is_empty() {
            true => Ok(Vec::new()),
            false => {
                let oids: Vec<u32> = oids.into_iter().collect();
                asker.rows(sql, &[Parameter::Oids(&oids)]).await
            }
        };
        let out_of_reach = out_of_reach(raw);
        let of_roles = |relations: BTreeSet<u32>| match profile {
            Profile::Schema => BTreeSet::new(),
            Profile::Full => relations,
        };
        let owners = of_roles(raw.relations.values().map(|relation| relation.owner).collect());
        let tablespaces = of_roles(
            raw.relations.values().map(|relation| relation.tablespace).filter(|oid| *oid != 0).collect(),
        );
        let foreign =
            raw.relations.values().filter(|relation| relation.kind == 'f').map(|relation| relation.oid);
        let (types, collations, classes, (roles, tablespaces), (relations, columns), (foreign, ())) = tokio::try_join!(
            asker.rows(TYPES, &pairs),
            ask(COLLATIONS, collations_of(raw)),
            ask(CLASSES, raw.indexes.iter().flat_map(|index| index.classes.iter().copied()).collect()),
            try_join(ask(ROLES, owners), ask(TABLESPACES, tablespaces)),
            try_join(ask(RELATIONS, out_of_reach.clone()), ask(COLUMNS, out_of_reach)),
            try_join(ask(&foreign_tables, foreign.collect()), expressions.print(asker)),
        )?;
        let fact = |row: &Row| {
            let storage = row.character(4);
            (row.get(0), TypeFacts { collation: row.get(3), storage, base: row.get(5) })
        };
        Ok(Self {
            facts: types.iter().map(fact).collect(),
            types: types.iter().map(|row| ((row.get(0), row.get(1)), text(row, 2))).collect(),
            collations: named(&collations),
            classes: classes.iter().map(|row| (row.get(0), class(row))).collect(),
            roles: named(&roles),
            tablespaces: named(&tablespaces),
            relations: named(&relations),
            columns: columns.iter().map(|row| ((row.get(0), row.get(1)), text(row, 2))).collect(),
            foreign_tables: foreign.iter().map(|row| (row.get(0), foreign_table(row))).collect(),
            expressions,
        })
    }

    /// A type with its modifier, as PostgreSQL writes it.
    pub fn of_type(&self, oid: u32, modifier: i32) -> Option<Arc<str>> {
        self.types.get(&(oid, modifier)).cloned()
    }

    /// What a type says of its columns.
    pub fn type_facts(&self, oid: u32) -> Option<TypeFacts> {
        self.facts.get(&oid).copied()
    }

    /// A collation with its schema.
    pub fn collation(&self, oid: u32) -> Option<Arc<str>> {
        match oid {
            DEFAULT_COLLATION => Some(Arc::from("pg_catalog.\"default\"")),
            other => self.collations.get(&other).cloned(),
        }
    }

    /// An operator class.
    pub fn class(&self, oid: u32) -> Option<&OperatorClass> {
        self.classes.get(&oid)
    }

    /// A role; none where the profile has no owners.
    pub fn role(&self, oid: u32) -> Option<Arc<str>> {
        self.roles.get(&oid).cloned()
    }

    /// A tablespace; none for the database's own, and where the profile has none.
    pub fn tablespace(&self, oid: u32) -> Option<Arc<str>> {
        self.tablespaces.get(&oid).cloned()
    }

    /// `schema.name` of a relation.
    pub fn relation(&self, raw: &Raw, oid: u32) -> Option<Arc<str>> {
        raw.identity(oid).or_else(|| self.relations.get(&oid).cloned())
    }

    /// The name of a column of any relation.
    pub fn column<'n>(&'n self, raw: &'n Raw, relation: u32, number: i16) -> Option<&'n str> {
        let read = raw.column_name(relation, number);
        read.or_else(|| self.columns.get(&(relation, number)).map(|name| &**name))
    }

    /// What a foreign table is on its server.
    pub fn foreign_table(&self, relation: u32) -> Option<&ForeignTable> {
        self.foreign_tables.get(&relation)
    }
}

fn types_of(raw: &Raw) -> BTreeSet<(u32, i32)> {
    let columns = raw.columns.iter().map(|column| (column.of_type, column.modifier));
    let sequences = raw.sequences.iter().map(|sequence| (sequence.of_type, -1));
    let typed = raw.relations.values().filter(|relation| relation.of_type != 0);
    let keys = raw.indexes.iter().flat_map(|index| index.types.iter().map(|oid| (*oid, -1)));
    columns.chain(sequences).chain(typed.map(|relation| (relation.of_type, -1))).chain(keys).collect()
}

fn collations_of(raw: &Raw) -> BTreeSet<u32> {
    let of_columns = raw.columns.iter().map(|column| column.collation);
    let of_indexes = raw.indexes.iter().flat_map(|index| index.collations.iter().copied());
    of_columns.chain(of_indexes).filter(|oid| *oid != 0 && *oid != DEFAULT_COLLATION).collect()
}

/// Relations that the rows name and that are not among them.
fn out_of_reach(raw: &Raw) -> BTreeSet<u32> {
    let targets = raw.constraints.iter().map(|constraint| constraint.target);
    let owners = raw.sequences.iter().filter_map(|sequence| Some(sequence.owned_by?.0));
    let parents = raw.parents.values().flatten().map(|(parent, _)| *parent);
    let named = targets.chain(owners).chain(parents);
    named.filter(|oid| *oid != 0 && !raw.relations.contains_key(oid)).collect()
}

fn class(row: &Row) -> OperatorClass {
    OperatorClass {
        name: text(row, 1),
        is_default: row.get(2),
        input: row.get(3),
        is_polymorphic: row.get(4),
    }
}

fn foreign_table(row: &Row) -> ForeignTable {
    ForeignTable { server: text(row, 1), options: row.get(2) }
}

fn named(rows: &[Row]) -> HashMap<u32, Arc<str>> {
    rows.iter().map(|row| (row.get(0), text(row, 1))).collect()
}

fn text(row: &Row, column: usize) -> Arc<str> {
    Arc::from(row.get::<&str>(column))
}
