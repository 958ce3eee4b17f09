//! The shape of a script: statements in order, each with its span and its class.
//! Out: how the text is split (`split`), and grouping (`group`).
//! Called by everybody who executes or reads a migration.

use groundline_core::{Fault, Span};
use serde::Serialize;

/// A script, split. Spans are bytes of the text that was given.
#[derive(Clone, Debug, Serialize)]
pub struct Script {
    /// Statements in the order of the text; empty ones are left out.
    pub statements: Vec<Statement>,
    /// `-- groundline: …` comments.
    pub directives: Vec<Directive>,
    /// What could not be split or understood and is sent whole, and why; a script with notes still runs.
    pub notes: Vec<Fault>,
}

/// One statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Statement {
    /// From its first to its last token; without comments around it and without the semicolon.
    pub span: Span,
    /// Its class.
    pub kind: StatementKind,
}

/// What execution must know of a statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StatementKind {
    /// An ordinary statement: runs inside or outside a transaction.
    Ordinary,
    /// PostgreSQL refuses it in a transaction block; the text names the reason (`CREATE INDEX CONCURRENTLY`).
    /// Source: the manual's page of each command ("cannot be executed inside a transaction block").
    OutsideTransaction(String),
    /// The script's own transaction control.
    Transaction(TransactionControl),
    /// `COPY … FROM stdin` with its data lines (without the final `\.`); `span` covers only the command.
    CopyFromStdin {
        /// The data lines.
        data: Span,
    },
    /// A psql meta-command such as `\restrict`, `\connect`, `\set`: one line, not sent to the server.
    PsqlMeta {
        /// The command's word without the backslash.
        command: String,
    },
}

/// Transaction control statements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TransactionControl {
    /// `BEGIN`, `START TRANSACTION`.
    Begin,
    /// `COMMIT`, `END`.
    Commit,
    /// `ROLLBACK`, `ABORT`.
    Rollback,
    /// `SAVEPOINT`, `RELEASE`, `ROLLBACK TO`.
    Savepoint,
}

/// A `-- groundline: …` comment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Directive {
    /// The comment.
    pub span: Span,
    /// What follows `groundline:`, trimmed.
    pub text: String,
}

/// Statements that run together. Indexes point into `Script::statements`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// In one transaction.
    Together(std::ops::Range<usize>),
    /// In one transaction that the script itself rolls back: run it, then undo it.
    RolledBack(std::ops::Range<usize>),
    /// Alone, in no transaction block.
    Alone(usize),
}

impl Script {
    /// Splits a text. Never fails: what it can't split becomes one statement, and a note says so, with line
    /// and column at the beginning of its reason.
    pub fn parse(text: &str) -> Script {
        crate::split::split(text)
    }
}
