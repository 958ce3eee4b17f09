//! Which revisions a database should have: what its history table says, against the folder.
//! Out: reading either, and the schema that they yield.
//! Called by a look (`look`), and by the command `reconcile`.

use groundline_core::{Fault, Place, Result};
use groundline_evidence::{Expected, KnownBy};
use groundline_migrate::applied::Applied;
use groundline_migrate::history::{History, Revision};
use groundline_pg::standing::Recorded;

/// The revisions whose schema is expected, and those that are not in it.
#[derive(Clone, Debug)]
pub struct Revisions {
    pub expected: Expected,
    /// In the order of the history.
    pub applied: Vec<Revision>,
    pub pending: Vec<String>,
    pub skipped: Vec<String>,
}

/// All revisions up to one.
pub fn up_to(history: &History, version: &str) -> Result<Revisions> {
    let applied = Applied::up_to(history.find(version)?);
    Ok(revisions(history, &applied, KnownBy::Revision))
}

/// The revisions that the history table says are applied.
///
/// # Errors
/// There is no history table, or it has revisions that the folder does not have.
pub fn recorded(history: &History, recorded: Option<&Recorded>) -> Result<Revisions> {
    let Some(recorded) = recorded else {
        return Err(Fault::new("the database has no history table of this project's layout")
            .at(Place::file(&history.folder))
            .why(format!("the layout is {}", history.layout))
            .next("name what to expect: --revision VERSION, or --against SCHEMA"));
    };
    let table = recorded.dialect.table_name();
    let applied = recorded.applied_in(history);
    if let Some(fault) = applied.unknown_fault(&table) {
        return Err(fault
            .at(Place::file(&history.folder))
            .next("bring the folder up to date, or name what to expect: --revision VERSION"));
    }
    Ok(revisions(history, &applied, KnownBy::HistoryTable(table)))
}

fn revisions(history: &History, applied: &Applied, known_by: KnownBy) -> Revisions {
    let newest = applied.newest(history);
    Revisions {
        expected: Expected::new(
            Some(newest.map_or_else(String::new, |newest| newest.version.clone())),
            newest.map_or_else(|| "base, before the first revision".to_owned(), Revision::label),
            known_by,
        ),
        pending: applied.pending(history).map(Revision::label).collect(),
        skipped: applied.skipped(history).map(Revision::label).collect(),
        applied: applied.revisions(history).cloned().collect(),
    }
}
