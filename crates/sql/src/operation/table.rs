//! What ALTER TABLE and CREATE TABLE ask for.
//! Out: reading it from text (`parser`). Called by operations.

use super::{Expression, Name, SqlType};
use groundline_core::Span;

/// How a column gets its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Generated {
    /// GENERATED … AS IDENTITY.
    Identity,
    /// GENERATED ALWAYS AS (…) STORED.
    Stored,
    /// GENERATED ALWAYS AS (…) VIRTUAL, which PostgreSQL 18 takes where nothing is said.
    Virtual,
}

/// A column of ADD COLUMN or CREATE TABLE.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its type.
    pub kind: SqlType,
    /// Where its type is written.
    pub kind_at: Option<Span>,
    /// Its default.
    pub default: Option<Expression>,
    /// NOT NULL.
    pub not_null: bool,
    /// How it gets its value.
    pub generated: Option<Generated>,
    /// CHECK, UNIQUE, PRIMARY KEY, REFERENCES, written with it.
    pub constraints: Vec<Constraint>,
}

/// A constraint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Constraint {
    /// Its name, if it is given.
    pub name: Option<String>,
    /// What it asks for.
    pub kind: ConstraintKind,
    /// NOT VALID.
    pub not_valid: bool,
    /// NOT ENFORCED.
    pub not_enforced: bool,
}

/// What a constraint asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "PostgreSQL's constraints in its own words")]
pub enum ConstraintKind {
    Check { expression: String },
    NotNull { column: String },
    Unique { columns: Vec<String>, index: Option<String> },
    Primary { columns: Vec<String>, index: Option<String> },
    Foreign { columns: Vec<String>, table: Name, to: Vec<String>, cascades: bool },
    Exclude,
}

/// CREATE TABLE.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTable {
    /// Its name.
    pub name: Name,
    /// IF NOT EXISTS.
    pub if_not_exists: bool,
    /// TEMPORARY.
    pub temporary: bool,
    /// Columns.
    pub columns: Vec<Column>,
    /// Constraints of the table; those of columns stand with these.
    pub constraints: Vec<Constraint>,
    /// PARTITION OF.
    pub partition_of: Option<Name>,
    /// Its bound is DEFAULT.
    pub default_partition: bool,
    /// The values that it has as a partition: `FOR VALUES IN ('here')`.
    pub partition_bound: Option<String>,
    /// What PARTITION BY says: `LIST (place)`.
    pub partition_key: Option<String>,
    /// INHERITS.
    pub inherits: Vec<Name>,
    /// LIKE or OF.
    pub like: bool,
}

impl NewTable {
    /// All constraints, those of columns too.
    pub fn all_constraints(&self) -> impl Iterator<Item = &Constraint> {
        self.columns.iter().flat_map(|column| &column.constraints).chain(&self.constraints)
    }
}

impl Column {
    /// The same in a text that begins earlier.
    pub(crate) fn shift(&mut self, by: usize) {
        self.kind_at = self.kind_at.map(|at| at.shifted(by));
    }
}

/// One action of ALTER TABLE.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "PostgreSQL's actions in its own words")]
pub enum TableAction {
    AddColumn {
        column: Box<Column>,
        if_not_exists: bool,
    },
    DropColumn {
        column: String,
        cascade: bool,
    },
    RenameColumn {
        column: String,
        to: String,
    },
    RenameTable {
        to: String,
    },
    RenameConstraint {
        name: String,
        to: String,
    },
    SetSchema,
    /// `using`: what USING says, if that is more than the column.
    SetType {
        column: String,
        kind: SqlType,
        using: Option<String>,
        collation: Option<String>,
    },
    SetNotNull {
        column: String,
    },
    DropNotNull {
        column: String,
    },
    SetDefault {
        column: String,
        expression: Expression,
    },
    DropDefault {
        column: String,
    },
    AddIdentity {
        column: String,
    },
    DropIdentity {
        column: String,
    },
    SetGenerated {
        column: String,
    },
    RestartIdentity {
        column: String,
    },
    DropExpression {
        column: String,
    },
    SetExpression {
        column: String,
    },
    SetStatistics,
    SetColumnOptions,
    SetStorage,
    SetCompression,
    AddConstraint(Box<Constraint>),
    DropConstraint {
        name: String,
        cascade: bool,
    },
    AlterConstraint {
        name: String,
    },
    ValidateConstraint {
        name: String,
    },
    Attach {
        partition: Name,
        default: bool,
        bound: String,
    },
    Detach {
        partition: Name,
        concurrently: bool,
        finalize: bool,
    },
    EnableTrigger,
    DisableTrigger,
    EnableRowSecurity,
    DisableRowSecurity,
    ForceRowSecurity,
    EnableOrDisableRule,
    SetLogged,
    SetUnlogged,
    SetTablespace {
        tablespace: String,
    },
    SetAccessMethod {
        method: String,
    },
    SetOptions {
        toast: bool,
    },
    ReplicaIdentity,
    Inherit {
        parent: Name,
    },
    NoInherit {
        parent: Name,
    },
    ClusterOn,
    Owner,
    Other,
}
