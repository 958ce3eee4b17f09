//! SQL text to statements with exact spans, their classes, directives and transaction groups.
//! Out: what a statement means for a schema (that is measured on a server), and where files come from.
//! Called by `migrate` (layouts), `pg` (execution) and the lint; the only crate that names the parser.

mod classify;
mod concurrent;
mod copy;
mod destructive;
mod extension;
mod group;
mod head;
mod lexer;
mod normal;
mod notes;
pub mod operation;
mod outside;
mod parser;
mod psql;
mod routine;
mod rows;
mod script;
mod split;

pub use concurrent::Concurrent;
pub use destructive::destructive;
pub use extension::created_extension;
pub use normal::normal_form;
pub use parser::{SyntaxAdvice, SyntaxProblem, with_room};
pub use script::{Directive, Group, Script, Statement, StatementKind, TransactionControl};
