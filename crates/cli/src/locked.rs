//! The project's lock, where a command asks it instead of a server: what a person has to know of it.
//! Out: what a lock has and how it is compared (`migrate::lock`).
//! Called by `identify` and `drift`, and by whatever reads operands.

use crate::console;
use groundline_catalog::Scope;
use groundline_core::{Fault, Place};
use groundline_migrate::history::History;
use groundline_migrate::lock::{self, LOCK_FILE, LockFile, LockSeverity};

/// A lock whose schemas can be compared with those in a scope. Where it is of another, the person is told.
pub fn in_scope(file: Option<LockFile>, scope: &Scope) -> Option<LockFile> {
    let file = file?;
    match lock::verify_scope(&file, &scope.name()) {
        None => Some(file),
        Some(finding) => {
            console::note(&finding.fault());
            None
        }
    }
}

/// Tells the person where the files are not what was locked.
pub fn note_if_behind(file: &LockFile, history: &History) {
    if lock::verify(file, history).iter().any(|finding| finding.severity > LockSeverity::Told) {
        let note =
            Fault::new(format!("{LOCK_FILE} is not what the files are")).at(Place::file(&history.folder));
        console::note(&note.next("see `groundline lock --verify`"));
    }
}
