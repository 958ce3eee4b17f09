//! The results of runs, as data: drill, onboarding, data proof.
//! Out: producing them (`pg`), drawing them (`evidence`).

use crate::history::History;
use groundline_catalog::{Difference, Fingerprint};
use groundline_core::{Digest, Fault, Place};
use serde::{Deserialize, Serialize};

/// What a drill of one revision showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Verdict {
    /// The down restores the schema, and the up works again and yields the same.
    #[serde(rename = "exact")]
    Exact,
    /// The same but for the order of columns.
    #[serde(rename = "order only")]
    OrderOnly,
    /// The down, or the second up, leaves another schema.
    #[serde(rename = "differs")]
    Differs,
    /// The down stops with an error.
    #[serde(rename = "down fails")]
    DownFails,
    /// The up does not work after the down.
    #[serde(rename = "again fails")]
    AgainFails,
    /// There is no down.
    #[serde(rename = "no down")]
    NoDown,
    /// The author says that there is no way back.
    #[serde(rename = "declared irreversible")]
    DeclaredIrreversible,
    /// The up itself stops with an error: nothing after it was drilled.
    #[serde(rename = "up fails")]
    UpFails,
}

impl Verdict {
    /// Whether nothing is wrong: the down restores the schema, or its author says that there is none. A
    /// missing down is told, not blamed: many teams roll forward only.
    pub fn is_clean(self) -> bool {
        matches!(self, Verdict::Exact | Verdict::OrderOnly | Verdict::NoDown | Verdict::DeclaredIrreversible)
    }

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Verdict::Exact => "exact",
            Verdict::OrderOnly => "order only",
            Verdict::Differs => "differs",
            Verdict::DownFails => "down fails",
            Verdict::AgainFails => "again fails",
            Verdict::NoDown => "no down",
            Verdict::DeclaredIrreversible => "declared irreversible",
            Verdict::UpFails => "up fails",
        }
    }
}

/// The drill of one revision.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RevisionDrill {
    /// The revision's version.
    pub version: String,
    /// Its name.
    pub name: String,
    /// The verdict.
    pub verdict: Verdict,
    /// What the down left, against the schema before; or, where the down was exact, what the second up
    /// yields against the first.
    pub differences: Vec<Difference>,
    /// Where the differences were seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compared: Option<Compared>,
    /// The error that stopped it.
    pub error: Option<Fault>,
    /// The schema after the up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<Fingerprint>,
    /// Wall time of up, down, up, in milliseconds.
    pub milliseconds: u64,
    /// What a person should know of how it was run (a statement outside a transaction, unmarked).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Fault>,
}

/// Which two states a drill's differences are between.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Compared {
    /// The state before the up against the state after the down.
    AfterDown,
    /// The state after the first up against the state after the second.
    AfterSecondUp,
}

/// The downs of all revisions, one after the other, from head.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ChainDrill {
    /// `exact`, `order only`, `differs`, `down fails`, `no down`, `declared irreversible`.
    pub verdict: Verdict,
    /// How many revisions were taken down.
    pub reached: usize,
    /// The revision at which the chain stopped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stopped_at: Option<String>,
    /// What is left at zero, against the database before the first revision.
    pub differences: Vec<Difference>,
    /// The error that stopped it.
    pub error: Option<Fault>,
    /// Wall time of all downs and the comparison, in milliseconds.
    #[serde(default)]
    pub milliseconds: u64,
}

/// A drill of a history.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DrillReport {
    /// One entry for each revision that was drilled, in order.
    pub revisions: Vec<RevisionDrill>,
    /// From head to zero; absent when only some revisions were drilled.
    pub chain: Option<ChainDrill>,
}

/// Which revision an existing database is.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Identification {
    /// The revisions whose schema it is exactly (several, where a revision changes no schema), oldest first.
    pub exact: Vec<String>,
    /// Whether only the order of columns differs from them.
    pub order_only: bool,
    /// What the history table in the database says, where there is one.
    pub recorded: Option<Vec<String>>,
    /// Where there is no exact one: the nearest, best first.
    pub nearest: Vec<Nearest>,
}

/// A revision near to a database.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Nearest {
    /// The revision's version.
    pub version: String,
    /// From the revision's schema to the database's.
    pub differences: Vec<Difference>,
    /// For each difference, what in the history it comes from, where that was asked and can be told.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub origins: Vec<Option<SchemaOrigin>>,
}

/// The statement that made a part of a schema what it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SchemaOrigin {
    /// The id of its revision.
    pub revision: String,
    /// What it did.
    pub effect: SchemaEffect,
    /// Where the statement begins.
    pub place: Place,
}

/// What a statement did to a part of a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SchemaEffect {
    /// It was not there before.
    Made,
    /// It was something else before.
    Changed,
    /// It is not there any more.
    Dropped,
}

impl SchemaEffect {
    /// The effect in a word.
    pub fn word(self) -> &'static str {
        match self {
            SchemaEffect::Made => "made",
            SchemaEffect::Changed => "changed",
            SchemaEffect::Dropped => "dropped",
        }
    }
}

impl Identification {
    /// The newest version that the history table records; "" where it records none, nothing where there is no
    /// such table.
    pub fn recorded_head(&self) -> Option<&str> {
        self.recorded.as_ref().map(|versions| versions.last().map_or("", String::as_str))
    }

    /// Whether what the history table records is one of the exact revisions. History tables keep no order for
    /// repeatable ones: those after the recorded version count as it. Nothing where there is no such table.
    pub fn agrees(&self, history: &History) -> Option<bool> {
        let head = self.recorded_head()?;
        let recorded = history.position(head);
        if recorded.is_none() && !head.is_empty() {
            return Some(false);
        }
        let is_it = |id: &String| {
            let exact = history.position(id);
            let between = recorded.map_or(0, |at| at + 1)..exact.map_or(0, |at| at + 1);
            exact == recorded
                || exact > recorded && history.revisions[between].iter().all(|revision| revision.repeatable)
        };
        Some(self.exact.iter().any(is_it))
    }
}

/// One table's rows before and after a migration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableProof {
    /// `schema.table`, as it was named before.
    pub table: String,
    /// Columns that exist on both sides, by name.
    pub columns: Vec<String>,
    /// Rows before.
    pub rows_before: u64,
    /// Rows after; absent when the table is gone.
    pub rows_after: Option<u64>,
    /// Order-independent digest of the common columns before.
    pub digest_before: Digest,
    /// The same after.
    pub digest_after: Option<Digest>,
    /// The verdict.
    pub verdict: DataVerdict,
}

/// What became of a table's rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DataVerdict {
    /// Same number of rows, same values in the columns of both sides.
    Same,
    /// Same number of rows, other values: a revision rewrote them.
    ValuesChanged,
    /// More rows.
    RowsAdded,
    /// Fewer rows, or the table is gone.
    RowsLost,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_history_table_need_not_record_repeatable_revisions() {
        let folder = tempfile::tempdir().unwrap();
        for file in ["V1__a.sql", "V2__b.sql", "R__v.sql", "R__w.sql"] {
            std::fs::write(folder.path().join(file), "SELECT 1;").unwrap();
        }
        let history = crate::layout::read(folder.path(), Some("flyway")).unwrap();
        let agrees = |exact: &str, recorded: Option<&str>| {
            let recorded = recorded.map(|version| vec![version.to_owned()]);
            let exact = vec![exact.to_owned()];
            Identification { exact, order_only: false, recorded, nearest: Vec::new() }.agrees(&history)
        };
        for (exact, recorded, expected) in [
            ("2", "2", true),
            ("w", "2", true),
            ("w", "1", false),
            ("1", "2", false),
            ("", "2", false),
            ("2", "7", false),
            ("", "7", false),
        ] {
            assert_eq!(agrees(exact, Some(recorded)), Some(expected), "{exact:?}, {recorded:?}");
        }
        assert_eq!(agrees("2", None), None);
    }
}
