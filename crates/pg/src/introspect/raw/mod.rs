//! The catalogs that hold most rows (relations, columns, defaults, constraints, indexes, sequences, comments) as rows of
//! numbers and names. The server prints of them only what it alone can print.
//! Out: names of what the rows refer to (`names`), objects (`relation`, `column`, `constraint`, `index`).
//! Called by the reading.

mod cells;
mod rows;

pub(super) use rows::{Column, ColumnDefault, ColumnExpression, Constraint, Index, Relation, Sequence};

use super::ask::{Asker, Effort, Parameter, SOON};
use super::queries::{Reach, sql_for};
use super::row::Row;
use futures_util::future::{try_join, try_join4};
use groundline_core::{Result, ServerVersion};
use std::collections::HashMap;
use std::sync::Arc;

/// The rows of one reading.
#[derive(Default)]
pub(super) struct Raw {
    /// By OID.
    pub relations: HashMap<u32, Relation>,
    /// In the order of relations and numbers.
    pub columns: Vec<Column>,
    pub expressions: Vec<ColumnExpression>,
    pub constraints: Vec<Constraint>,
    pub indexes: Vec<Index>,
    pub sequences: Vec<Sequence>,
    /// Relation or index to its parents, in order; whether a detach is pending.
    pub parents: HashMap<u32, Vec<(u32, bool)>>,
    /// Relation or constraint, and the column's number or 0.
    pub comments: HashMap<(u32, i32), Arc<str>>,
    /// Constraint to the states of its triggers that do not fire as usual.
    pub trigger_states: HashMap<u32, Vec<char>>,
    /// Relation or index to the extensions that it depends on.
    pub extensions: HashMap<u32, Arc<str>>,
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
    pub async fn read(
        asker: &Asker<'_>,
        server: ServerVersion,
        relations: Option<&Vec<u32>>,
    ) -> Result<Self> {
        let ask = Ask { asker, server, relations };
        let named = async |sql: &str| {
            asker.each(SOON, sql, &[], |row| (row.get(0), Arc::from(row.get::<&str>(1)))).await
        };
        let names = try_join(
            named("SELECT oid, quote_ident(nspname) FROM pg_namespace"),
            named("SELECT oid, quote_ident(amname) FROM pg_am"),
        );
        let rest = try_join4(
            ask.each(SOON, raw!("inheritance"), |row| Parent {
                child: row.get(0),
                place: row.get(2),
                parent: row.get(1),
                is_pending: row.get(3),
            }),
            ask.each(2, raw!("comment"), |row| ((row.get(0), row.get(1)), Arc::from(row.get::<&str>(2)))),
            ask.each(SOON, raw!("trigger_state"), |row| (row.get(0), row.character(1))),
            ask.each(SOON, raw!("extension"), |row| (row.get(0), Arc::from(row.get::<&str>(1)))),
        );
        let ((schemas, methods), relations, columns, expressions, constraints, indexes, sequences, rest) = tokio::try_join!(
            names,
            ask.each(5, raw!("relation"), |row| {
                let relation = Relation::of(&row);
                (relation.oid, relation)
            }),
            ask.each(8, raw!("column"), |row| Column::of(&row)),
            ask.each(2, raw!("default"), |row| ColumnExpression::of(&row)),
            ask.each(6, raw!("constraint"), |row| Constraint::of(&row)),
            ask.each(3, raw!("index"), |row| Index::of(&row)),
            ask.each(3, raw!("sequence"), |row| Sequence::of(&row)),
            rest,
        )?;
        let (parents, comments, trigger_states, extensions) = rest;
        let mut columns: Vec<Column> = columns;
        columns.sort_unstable_by_key(|column| (column.relation, column.number));
        Ok(Self {
            relations,
            columns,
            expressions,
            constraints,
            indexes,
            sequences,
            parents: parents_of(parents),
            comments,
            trigger_states: states_of(trigger_states),
            extensions,
            schemas,
            methods,
        })
    }

    /// The columns of a relation, in their order.
    pub fn columns_of(&self, relation: u32) -> &[Column] {
        let start = self.columns.partition_point(|column| column.relation < relation);
        let length = self.columns[start..].partition_point(|column| column.relation == relation);
        &self.columns[start..start + length]
    }

    /// A column of a relation, by its number.
    pub fn column(&self, relation: u32, number: i16) -> Option<&Column> {
        let columns = self.columns_of(relation);
        let at = columns.binary_search_by_key(&number, |column| column.number).ok()?;
        Some(&columns[at])
    }

    /// The defaults and generated values of all columns.
    pub fn defaults(&self) -> impl Iterator<Item = &ColumnDefault> {
        self.expressions.iter().flat_map(|expression| &expression.of)
    }

    /// The name of a relation's column.
    pub fn column_name(&self, relation: u32, number: i16) -> Option<&str> {
        self.column(relation, number).map(|column| column.name.as_str())
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

/// Asks the raw queries of one reading.
struct Ask<'a> {
    asker: &'a Asker<'a>,
    server: ServerVersion,
    relations: Option<&'a Vec<u32>>,
}

impl Ask<'_> {
    async fn each<T, C: Default + Extend<T>>(
        &self,
        effort: Effort,
        text: &str,
        of: impl Fn(Row) -> T,
    ) -> Result<C> {
        match &self.relations {
            None => self.asker.each(effort, &sql_for(text, self.server, Reach::Complete), &[], of).await,
            Some(oids) => {
                let sql = sql_for(text, self.server, Reach::Relations);
                self.asker.each(effort, &sql, &[Parameter::Oids(oids)], of).await
            }
        }
    }
}

/// A parent of a table or index.
struct Parent {
    child: u32,
    place: i32,
    parent: u32,
    is_pending: bool,
}

fn parents_of(mut rows: Vec<Parent>) -> HashMap<u32, Vec<(u32, bool)>> {
    rows.sort_unstable_by_key(|row| (row.child, row.place));
    let mut parents: HashMap<u32, Vec<_>> = HashMap::new();
    for row in rows {
        parents.entry(row.child).or_default().push((row.parent, row.is_pending));
    }
    parents
}

fn states_of(rows: Vec<(u32, char)>) -> HashMap<u32, Vec<char>> {
    let mut states: HashMap<u32, Vec<char>> = HashMap::new();
    for (constraint, state) in rows {
        states.entry(constraint).or_default().push(state);
    }
    states
}
