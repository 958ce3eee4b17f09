//! What a statement asks for, as data: one variant an operation that somebody must think about before running it.
//! Out: reading it from text (`parser`), and what it does to a server (`lint`).
//! Called by the lint.

mod name;
mod sql_type;
mod table;

pub use name::Name;
pub use sql_type::SqlType;
pub use table::{Column, Constraint, ConstraintKind, Generated, NewTable, TableAction};

use groundline_core::Span;

/// Text of an expression, as it is written, and the functions that it calls.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expression {
    /// As it is written.
    pub text: String,
    /// Names of the functions called, without their schemas, folded.
    pub calls: Vec<String>,
}

/// A sort of relation that can be dropped or renamed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelationKind {
    /// A table or a foreign table.
    Table,
    /// A view.
    View,
    /// A materialized view.
    MaterializedView,
    /// A sequence.
    Sequence,
}

/// What can be done to a trigger's, policy's or rule's table by way of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnTable {
    /// CREATE TRIGGER.
    CreateTrigger {
        /// FOR EACH ROW: partitions get it, too.
        each_row: bool,
    },
    /// DROP TRIGGER or ALTER TRIGGER.
    ChangeTrigger,
    /// CREATE, ALTER or DROP POLICY.
    Policy,
    /// CREATE or DROP RULE.
    Rule,
    /// CREATE STATISTICS.
    Statistics,
    /// COMMENT ON TABLE or COLUMN.
    Comment,
}

/// What happens to a domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DomainAction {
    /// ADD CONSTRAINT.
    AddConstraint {
        /// NOT VALID.
        not_valid: bool,
        /// The constraint, if it could be read.
        constraint: Option<Box<Constraint>>,
    },
    /// SET NOT NULL.
    SetNotNull,
    /// VALIDATE CONSTRAINT.
    Validate {
        /// The constraint.
        name: String,
    },
    /// Anything else.
    Other,
}

/// What happens to a type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TypeAction {
    /// ADD VALUE.
    AddValue {
        /// The value, without quotes.
        value: String,
    },
    /// RENAME VALUE.
    RenameValue,
    /// RENAME TO, RENAME ATTRIBUTE or SET SCHEMA.
    Rename {
        /// The type's new name, of RENAME TO.
        to: Option<String>,
    },
    /// ADD, ALTER or DROP ATTRIBUTE.
    Attributes,
    /// Anything else.
    Other,
}

/// What REINDEX rebuilds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReindexOf {
    /// One index.
    Index(Name),
    /// The indexes of one table.
    Table(Name),
    /// All of a schema, the database or its catalogs; the word of the statement.
    Many(&'static str),
}

/// One operation.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(
    missing_docs,
    reason = "the variants are PostgreSQL's statements, and their fields the statements' words"
)]
pub enum Operation {
    AlterTable {
        table: Name,
        only: bool,
        actions: Vec<(Span, TableAction)>,
    },
    AllInTablespace,
    CreateTable(Box<NewTable>),
    CreateTableAs {
        name: Name,
        if_not_exists: bool,
        temporary: bool,
        from: Vec<Name>,
    },
    CreateView {
        name: Name,
        replace: bool,
        star: bool,
    },
    CreateMaterializedView {
        name: Name,
    },
    Refresh {
        name: Name,
        concurrently: bool,
    },
    DropRelation {
        kind: RelationKind,
        names: Vec<Name>,
        cascade: bool,
        if_exists: bool,
    },
    RenameRelation {
        kind: RelationKind,
        name: Name,
    },
    Truncate {
        tables: Vec<Name>,
        cascade: bool,
    },
    CreateIndex(Box<NewIndex>),
    DropIndex {
        names: Vec<Name>,
        concurrently: bool,
        if_exists: bool,
    },
    AlterIndex {
        name: Name,
        tablespace: bool,
        rename: Option<String>,
    },
    Reindex {
        of: ReindexOf,
        concurrently: bool,
    },
    Cluster {
        table: Option<Name>,
    },
    Vacuum {
        full: bool,
        tables: Vec<Name>,
    },
    Analyze {
        tables: Vec<Name>,
    },
    Lock {
        tables: Vec<Name>,
        mode: String,
    },
    OnTable {
        what: OnTable,
        table: Name,
    },
    Publish {
        tables: Vec<Name>,
    },
    DropStatistics {
        names: Vec<Name>,
    },
    CreateDomain {
        name: Name,
        base: SqlType,
        constrained: bool,
    },
    AlterDomain {
        name: Name,
        action: DomainAction,
    },
    CreateEnum {
        name: Name,
        labels: Vec<String>,
    },
    CreateType {
        name: Name,
    },
    AlterType {
        name: Name,
        action: TypeAction,
    },
    AlterSequence {
        name: Name,
        restarts: bool,
        retypes: bool,
    },
    DropType {
        names: Vec<Name>,
        cascade: bool,
    },
    DropSchema {
        names: Vec<Name>,
        cascade: bool,
    },
    DropExtension {
        names: Vec<Name>,
        cascade: bool,
    },
    DropDatabase,
    DropOwned,
    CreateSchema {
        name: Option<String>,
    },
    RenameSchema {
        name: String,
    },
    CreateExtension {
        name: String,
        version: bool,
    },
    UpdateExtension {
        name: String,
    },
    CreateFunction {
        name: Name,
        replace: bool,
        security_definer: bool,
        search_path: bool,
        volatile: bool,
    },
    DropRoutine {
        cascade: bool,
    },
    Grant {
        public: bool,
        all: bool,
        option: bool,
        on: String,
    },
    Update {
        table: Name,
        filtered: bool,
    },
    Delete {
        table: Name,
        filtered: bool,
    },
    Merge {
        table: Name,
    },
    Insert {
        table: Name,
        columns: bool,
        from: Vec<Name>,
        on_conflict: bool,
    },
    Do,
    Set {
        name: String,
        local: bool,
        value: String,
    },
    Select,
    /// CALL, EXECUTE or COPY, of psql too, and psql's way to run what stands elsewhere: it may write rows anywhere.
    Runs,
    /// Read, and of no interest here.
    Other,
    /// The parser could not read it.
    Unread,
}

/// CREATE INDEX.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewIndex {
    /// Its name, if it is given.
    pub name: Option<String>,
    /// Its table.
    pub table: Name,
    /// ON ONLY.
    pub only: bool,
    /// UNIQUE.
    pub unique: bool,
    /// CONCURRENTLY.
    pub concurrently: bool,
    /// IF NOT EXISTS.
    pub if_not_exists: bool,
    /// Key columns and expressions, as they are written.
    pub keys: Vec<String>,
    /// The condition of WHERE, as it is written.
    pub predicate: Option<String>,
}
