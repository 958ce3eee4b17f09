//! The catalogs that hold most rows (relations, columns, defaults, constraints, indexes, sequences, comments) as rows of
//! numbers and names. The server prints of them only what it alone can print.
//! Out: names of what the rows refer to (`names`), objects (`relation`, `column`, `constraint`, `index`).
//! Called by the reading.

mod cells;
mod rows;

pub(super) use rows::{Column, ColumnExpression, Constraint, Index, Relation, Sequence, sorted};

use super::ask::Asker;
use super::queries::{Reach, sql_for};
use cells::decode;
use futures_util::future::try_join;
use groundline_core::{Result, ServerVersion};
use std::collections::HashMap;
use std::sync::Arc;
use tokio_postgres::Row;
use tokio_postgres::types::Type;

/// The rows of one reading.
#[derive(Default)]
pub(super) struct Raw {
    /// By OID.
    pub relations: HashMap<u32, Relation>,
    /// In the order of relations and numbers.
    pub columns: Vec<Column>,
    pub defaults: Vec<ColumnExpression>,
    pub constraints: Vec<Constraint>,
    pub indexes: Vec<Index>,
    pub sequences: Vec<Sequence>,
    /// Relation or index to its parents, in order; whether a detach is pending.
    pub parents: HashMap<u32, Vec<(u32, bool)>>,
    /// Relation or constraint, and the column's number or 0.
    pub comments: HashMap<(u32, i32), Arc<str>>,
    /// Constraint to the states of its triggers that do not fire as usual.
    pub trigger_states: HashMap<u32, Vec<char>>,
    /// Names of all schemas.
    pub schemas: HashMap<u32, Arc<str>>,
    /// Names of all access methods.
    pub methods: HashMap<u32, Arc<str>>,
}

macro_rules! raw {
    ($file:literal) => {
        include_str!(concat!("../sql/raw/", $file, ".sql"))
    };
}

impl Raw {
    /// Reads them: all, or those of some relations.
    pub async fn read(asker: &Asker<'_>, server: ServerVersion, relations: Option<&[u32]>) -> Result<Self> {
        let ask = async |text: &str| -> Result<Vec<Row>> {
            match relations {
                None => asker.rows(&sql_for(text, server, Reach::Complete), &[]).await,
                Some(oids) => {
                    asker.rows(&sql_for(text, server, Reach::Relations), &[(&oids, Type::OID_ARRAY)]).await
                }
            }
        };
        let names = try_join(
            asker.rows("SELECT oid, quote_ident(nspname) FROM pg_namespace", &[]),
            asker.rows("SELECT oid, quote_ident(amname) FROM pg_am", &[]),
        );
        let ((schemas, methods), relations, columns, defaults, constraints, indexes, sequences, rest) = tokio::try_join!(
            names,
            ask(raw!("relation")),
            ask(raw!("column")),
            ask(raw!("default")),
            ask(raw!("constraint")),
            ask(raw!("index")),
            ask(raw!("sequence")),
            futures_util::future::try_join3(
                ask(raw!("inheritance")),
                ask(raw!("comment")),
                ask(raw!("trigger_state"))
            ),
        )?;
        let (parents, comments, trigger_states) = rest;
        let mut columns: Vec<Column> = decode(columns, Column::of);
        columns.sort_unstable_by_key(|column| (column.relation, column.number));
        Ok(Self {
            relations: decode(relations, |row| {
                let relation = Relation::of(row);
                (relation.oid, relation)
            }),
            columns,
            defaults: decode(defaults, ColumnExpression::of),
            constraints: decode(constraints, Constraint::of),
            indexes: decode(indexes, Index::of),
            sequences: decode(sequences, Sequence::of),
            parents: parents_of(&parents),
            comments: decode(comments, |row| ((row.get(0), row.get(1)), Arc::from(row.get::<_, &str>(2)))),
            trigger_states: states_of(&trigger_states),
            schemas: names_of(&schemas),
            methods: names_of(&methods),
        })
    }

    /// The columns of a relation, in their order.
    pub fn columns_of(&self, relation: u32) -> &[Column] {
        let start = self.columns.partition_point(|column| column.relation < relation);
        let length = self.columns[start..].partition_point(|column| column.relation == relation);
        &self.columns[start..start + length]
    }

    /// The name of a relation's column.
    pub fn column_name(&self, relation: u32, number: i16) -> Option<&str> {
        let columns = self.columns_of(relation);
        let at = columns.binary_search_by_key(&number, |column| column.number).ok()?;
        Some(&columns[at].name)
    }

    /// `schema.name` of a relation that was read.
    pub fn identity(&self, relation: u32) -> Option<Arc<str>> {
        let relation = self.relations.get(&relation)?;
        let schema = self.schemas.get(&relation.schema)?;
        Some(format!("{schema}.{}", relation.name).into())
    }

    /// The comment on a relation or constraint, or on a column.
    pub fn comment(&self, object: u32, column: i16) -> Option<Arc<str>> {
        self.comments.get(&(object, i32::from(column))).cloned()
    }
}

fn names_of(rows: &[Row]) -> HashMap<u32, Arc<str>> {
    rows.iter().map(|row| (row.get(0), Arc::from(row.get::<_, &str>(1)))).collect()
}

fn parents_of(rows: &[Row]) -> HashMap<u32, Vec<(u32, bool)>> {
    let mut ordered: Vec<(u32, i32, u32, bool)> =
        rows.iter().map(|row| (row.get(0), row.get(2), row.get(1), row.get(3))).collect();
    ordered.sort_unstable();
    let mut parents: HashMap<u32, Vec<_>> = HashMap::new();
    for (child, _, parent, is_pending) in ordered {
        parents.entry(child).or_default().push((parent, is_pending));
    }
    parents
}

fn states_of(rows: &[Row]) -> HashMap<u32, Vec<char>> {
    let mut states: HashMap<u32, Vec<char>> = HashMap::new();
    for row in rows {
        states.entry(row.get(0)).or_default().push(cells::character(row, 1));
    }
    states
}
