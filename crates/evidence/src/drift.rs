//! What a look for drift saw: what was expected and why, what is there, and what is no drift.
//! Out: looking (`cli`, `pg`).
//! Called by the command `drift`.

use crate::comparison::COMPARISON_VERSION;
use crate::{Comparison, Tone};
use groundline_migrate::lock::{LOCK_FILE, SCHEMA_FILE};
use serde::{Deserialize, Serialize};

/// How a database stands to what was expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DriftState {
    /// It is what was expected.
    None,
    /// It is something else.
    Drift,
    /// Its history table says that a revision failed half-way.
    Dirty,
    /// It could not be looked at, or what to expect is not known.
    Unknown,
}

impl DriftState {
    /// The words for it.
    pub fn word(self) -> &'static str {
        match self {
            DriftState::None => "no drift",
            DriftState::Drift => "drift",
            DriftState::Dirty => "dirty",
            DriftState::Unknown => "unknown",
        }
    }

    /// How it is to be seen.
    pub fn tone(self) -> Tone {
        match self {
            DriftState::None => Tone::Good,
            DriftState::Drift | DriftState::Dirty => Tone::Bad,
            DriftState::Unknown => Tone::Notice,
        }
    }
}

/// How the expected revision, or what is expected instead of one, is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KnownBy {
    /// The history table of this name says the revision.
    HistoryTable(String),
    /// `--revision` says it.
    Revision,
    /// `--against` names the schema.
    Against,
}

impl KnownBy {
    /// In words, to follow the expected schema.
    fn words(&self) -> String {
        match self {
            KnownBy::HistoryTable(table) => format!("as {table} says"),
            KnownBy::Revision => "as --revision says".to_owned(),
            KnownBy::Against => "as --against says".to_owned(),
        }
    }
}

/// How the schema of the expected revision is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SchemaBy {
    /// The database has the fingerprint that the lock has for the revision.
    Lock,
    /// The schema of head lies beside the lock.
    SchemaFile,
    /// The revisions were played on a shadow.
    Replay,
}

impl SchemaBy {
    /// In words, to follow `known by`.
    fn words(self) -> &'static str {
        match self {
            SchemaBy::Lock => LOCK_FILE,
            SchemaBy::SchemaFile => SCHEMA_FILE,
            SchemaBy::Replay => "a replay",
        }
    }
}

/// What was expected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expected {
    /// The revision's version; empty for the database before the first. Absent where no revision was expected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<String>,
    /// The same for people, or the name of what was expected instead.
    pub name: String,
    /// How it is known.
    pub known_by: KnownBy,
    /// How its schema is known; absent where no revision was expected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema_by: Option<SchemaBy>,
}

impl Expected {
    /// Something expected whose schema is not known yet.
    pub fn new(revision: Option<String>, name: String, known_by: KnownBy) -> Self {
        Self { revision, name, known_by, schema_by: None }
    }

    /// For people: what is expected, and how it is known.
    pub fn words(&self) -> String {
        let schema = self.schema_by.map(|by| format!("; known by {}", by.words())).unwrap_or_default();
        format!("{}, {}{schema}", self.name, self.known_by.words())
    }
}

/// One look.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DriftReport {
    /// [`COMPARISON_VERSION`] at the time of writing.
    pub schema_version: u32,
    /// How the database stands.
    pub state: DriftState,
    /// What was expected; absent where that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<Expected>,
    /// Versions that are yet to be applied: that is no drift.
    pub pending: Vec<String>,
    /// Versions that are not recorded although later ones are. They were not expected.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skipped: Vec<String>,
    /// Versions that failed half-way.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failed: Vec<String>,
    /// From the expected schema to the one that is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comparison: Option<Comparison>,
}

impl DriftReport {
    /// A report that says nothing yet.
    pub fn new(state: DriftState) -> Self {
        Self {
            schema_version: COMPARISON_VERSION,
            state,
            expected: None,
            pending: Vec::new(),
            skipped: Vec::new(),
            failed: Vec::new(),
            comparison: None,
        }
    }
}
