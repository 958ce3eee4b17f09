//! What a project's files say about its database: who changes its schema outside migrations (`owners`), and which
//! variables say where it is to the application and to the migrations (`environment`).
//! Out: the database itself (`groundline-pg` proves that two addresses are one), running anything, drawing findings.
//! Called by the commands `doctor` and `check`.

pub mod environment;
mod files;
mod language;
pub mod owners;

pub use files::{SourceFile, source_files};
pub use language::Language;
