//! One struct a raw query: what its columns are, in their order (`sql/raw`).
//! Out: asking (`mod`). Called by the decoding of raw rows.

use super::super::row::Row;
use super::cells::Cells;

/// A relation of any kind.
pub struct Relation {
    pub oid: u32,
    pub name: String,
    pub schema: u32,
    pub kind: char,
    pub persistence: char,
    pub owner: u32,
    pub method: u32,
    pub tablespace: u32,
    pub toast: u32,
    pub of_type: u32,
    pub replica_identity: char,
    pub row_security: bool,
    pub row_security_forced: bool,
    pub populated: bool,
    pub options: Option<String>,
    pub has_grants: bool,
    pub of_extension: bool,
    pub partition_key: Option<String>,
    pub partition_bound: Option<String>,
    pub definition: Option<String>,
}

impl Relation {
    pub fn of(row: &Row) -> Self {
        let mut cells = Cells::of(row);
        Self {
            oid: cells.next(),
            name: cells.next(),
            schema: cells.next(),
            kind: cells.character(),
            persistence: cells.character(),
            owner: cells.next(),
            method: cells.next(),
            tablespace: cells.next(),
            toast: cells.next(),
            of_type: cells.next(),
            replica_identity: cells.character(),
            row_security: cells.next(),
            row_security_forced: cells.next(),
            populated: cells.next(),
            options: cells.next(),
            has_grants: cells.next(),
            of_extension: cells.next(),
            partition_key: cells.next(),
            partition_bound: cells.next(),
            definition: cells.next(),
        }
    }
}

/// A column, or an attribute of an index or composite type.
pub struct Column {
    pub relation: u32,
    pub number: i16,
    pub name: String,
    pub of_type: u32,
    pub modifier: i32,
    pub collation: u32,
    pub not_null: bool,
    pub generated: char,
    pub identity: char,
    pub storage: char,
    pub compression: char,
    pub statistics_target: Option<i32>,
    pub options: Option<String>,
    pub server_options: Option<String>,
    pub inherited: bool,
    pub local: bool,
    pub has_grants: bool,
}

impl Column {
    pub fn of(row: &Row) -> Self {
        let mut cells = Cells::of(row);
        Self {
            relation: cells.next(),
            number: cells.next(),
            name: cells.next(),
            of_type: cells.next(),
            modifier: cells.next(),
            collation: cells.next(),
            not_null: cells.next(),
            generated: cells.character(),
            identity: cells.character(),
            storage: cells.character(),
            compression: cells.character(),
            statistics_target: cells.next::<Option<i32>>().filter(|target| *target >= 0),
            options: cells.next(),
            server_options: cells.next(),
            inherited: cells.next(),
            local: cells.next(),
            has_grants: cells.next(),
        }
    }
}

/// An expression of columns.
pub struct ColumnExpression {
    pub tree: String,
    /// Which columns have it.
    pub of: Vec<ColumnDefault>,
}

/// A column's default or generated value.
pub struct ColumnDefault {
    pub relation: u32,
    pub column: i16,
    pub oid: u32,
}

impl ColumnExpression {
    pub fn of(row: &Row) -> Self {
        let mut cells = Cells::of(row);
        let tree = cells.next();
        let (relations, columns, oids): (Vec<u32>, Vec<i16>, Vec<u32>) =
            (cells.next(), cells.next(), cells.next());
        let places = relations.into_iter().zip(columns).zip(oids);
        let of = places.map(|((relation, column), oid)| ColumnDefault { relation, column, oid }).collect();
        Self { tree, of }
    }
}

/// A constraint of a table.
pub struct Constraint {
    pub oid: u32,
    pub relation: u32,
    pub name: String,
    pub kind: char,
    pub deferrable: bool,
    pub deferred: bool,
    pub validated: bool,
    pub local: bool,
    pub no_inherit: bool,
    pub index: u32,
    pub target: u32,
    pub on_update: char,
    pub on_delete: char,
    pub matching: char,
    pub columns: Vec<i16>,
    pub target_columns: Vec<i16>,
    pub tree: Option<String>,
    /// As the server prints it, of kinds that are not printed here.
    pub definition: Option<String>,
    pub set_on_delete: Vec<i16>,
    pub enforced: bool,
    pub period: bool,
}

impl Constraint {
    pub fn of(row: &Row) -> Self {
        let mut cells = Cells::of(row);
        Self {
            oid: cells.next(),
            relation: cells.next(),
            name: cells.next(),
            kind: cells.character(),
            deferrable: cells.next(),
            deferred: cells.next(),
            validated: cells.next(),
            local: cells.next(),
            no_inherit: cells.next(),
            index: cells.next(),
            target: cells.next(),
            on_update: cells.character(),
            on_delete: cells.character(),
            matching: cells.character(),
            columns: cells.next::<Option<_>>().unwrap_or_default(),
            target_columns: cells.next::<Option<_>>().unwrap_or_default(),
            tree: cells.next(),
            definition: cells.next(),
            set_on_delete: cells.next_if_there::<Option<_>>().flatten().unwrap_or_default(),
            enforced: cells.next_if_there().unwrap_or(true),
            period: cells.next_if_there().unwrap_or(false),
        }
    }
}

/// An index.
pub struct Index {
    pub oid: u32,
    pub relation: u32,
    pub unique: bool,
    pub valid: bool,
    pub ready: bool,
    pub clustered: bool,
    pub replica_identity: bool,
    pub key_count: i16,
    /// Numbers of columns; 0 is an expression.
    pub columns: Vec<i16>,
    pub collations: Vec<u32>,
    pub classes: Vec<u32>,
    /// Bits: 1 descending, 2 nulls first.
    pub options: Vec<i16>,
    pub expressions: Option<String>,
    pub predicate: Option<String>,
    /// Types of the keys, where one is an expression.
    pub types: Vec<u32>,
    pub nulls_not_distinct: bool,
}

impl Index {
    pub fn of(row: &Row) -> Self {
        let mut cells = Cells::of(row);
        Self {
            oid: cells.next(),
            relation: cells.next(),
            unique: cells.next(),
            valid: cells.next(),
            ready: cells.next(),
            clustered: cells.next(),
            replica_identity: cells.next(),
            key_count: cells.next(),
            columns: cells.next(),
            collations: cells.next(),
            classes: cells.next(),
            options: cells.next(),
            expressions: cells.next(),
            predicate: cells.next(),
            types: cells.next::<Option<_>>().unwrap_or_default(),
            nulls_not_distinct: cells.next_if_there().unwrap_or(false),
        }
    }

    /// Columns that are stored beside the keys.
    pub fn included(&self) -> &[i16] {
        self.columns.get(usize::try_from(self.key_count).unwrap_or_default()..).unwrap_or_default()
    }
}

/// A sequence.
pub struct Sequence {
    pub relation: u32,
    pub of_type: u32,
    pub start: i64,
    pub increment: i64,
    pub minimum: i64,
    pub maximum: i64,
    pub cache: i64,
    pub cycle: bool,
    /// The table and column that own it, and whether it is the column's identity.
    pub owned_by: Option<(u32, i16, bool)>,
}

impl Sequence {
    pub fn of(row: &Row) -> Self {
        let mut cells = Cells::of(row);
        Self {
            relation: cells.next(),
            of_type: cells.next(),
            start: cells.next(),
            increment: cells.next(),
            minimum: cells.next(),
            maximum: cells.next(),
            cache: cells.next(),
            cycle: cells.next(),
            owned_by: {
                let owner: (Option<u32>, Option<i32>, Option<i8>) =
                    (cells.next(), cells.next(), cells.next());
                match owner {
                    (Some(table), Some(column), Some(how)) => {
                        i16::try_from(column).ok().map(|column| (table, column, how.cast_unsigned() == b'i'))
                    }
                    _ => None,
                }
            },
        }
    }
}
