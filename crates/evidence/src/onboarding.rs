//! What onboarding an existing database showed.
//! Out: doing it (`pg`).

use groundline_core::Digest;
use groundline_migrate::outcome::{Identification, TableProof};
use serde::{Deserialize, Serialize};

/// The onboarding of an existing database, as far as it came.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Onboarding {
    /// Where the database came from.
    pub source: Source,
    /// Which revision it is.
    pub identification: Option<Identification>,
    /// What was written to the layout's own history table.
    pub stamped: Option<Stamp>,
    /// The versions that were then applied, in order.
    pub migrated: Vec<String>,
    /// Each table's rows before and after.
    pub data: Vec<TableProof>,
}

/// Where an existing database came from.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Source {
    /// In which form.
    pub form: SourceForm,
    /// Path as the person gave it, or the URL (scrubbed).
    pub name: String,
    /// SHA-256 of the file, where it is one.
    pub digest: Option<Digest>,
    /// Its size in bytes, where it is a file or folder.
    pub bytes: Option<u64>,
}

/// The form of a snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceForm {
    /// A script of SQL.
    Sql,
    /// `pg_dump -Fc`.
    Custom,
    /// `pg_dump -Fd`.
    Directory,
    /// `pg_dump -Ft`.
    Tar,
    /// A running database.
    Url,
}

impl SourceForm {
    /// The form in words.
    pub fn word(self) -> &'static str {
        match self {
            SourceForm::Sql => "SQL script",
            SourceForm::Custom => "pg_dump archive (custom)",
            SourceForm::Directory => "pg_dump archive (directory)",
            SourceForm::Tar => "pg_dump archive (tar)",
            SourceForm::Url => "running database",
        }
    }
}

/// What stamping wrote.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Stamp {
    /// The history table, as PostgreSQL writes its name.
    pub table: String,
    /// The version that the database is at from now on.
    pub version: String,
    /// How many rows were written.
    pub rows: u64,
}
