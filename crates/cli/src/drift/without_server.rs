//! The schema of the expected revisions where the lock has it, so that no server is started.
//! Out: which revisions are expected (`expected`), playing them (`operand`).
//! Called by a look (`look`).

use crate::locked;
use groundline_catalog::{Scope, Snapshot};
use groundline_core::Result;
use groundline_evidence::SchemaBy;
use groundline_migrate::history::{History, Revision};
use groundline_migrate::lock::{self, Lock, LockFile};

/// The schema that the applied revisions yield. Nothing where it has to be played: the lock is of another scope or
/// major, or the files are not what was locked, or the database has another schema and the lock has only the
/// fingerprint of the expected one.
///
/// # Errors
/// The lock can't be read.
pub fn expected(
    history: &History,
    applied: &[Revision],
    actual: &Snapshot,
    scope: &Scope,
) -> Result<Option<(Snapshot, SchemaBy)>> {
    let Some(file) = locked::in_scope(LockFile::load(&history.folder)?, scope) else { return Ok(None) };
    // Locked is what the revisions yield in their order, each after all of those before it.
    let first = history.revisions.iter().map(Revision::id).take(applied.len());
    if !first.eq(applied.iter().map(Revision::id)) {
        return Ok(None);
    }
    let major = actual.server.major();
    let Some(fingerprint) = file.lock.fingerprint_after(&Lock::of(history), applied.len(), major) else {
        return Ok(None);
    };
    if fingerprint == actual.fingerprint() {
        // What could not be read is of the database that was read.
        return Ok(Some((Snapshot { notes: Vec::new(), ..actual.clone() }, SchemaBy::Lock)));
    }
    let is_head = applied.len() == file.lock.revisions.len() && file.lock.schema_major == Some(major);
    let head = is_head.then(|| lock::head_schema(&file).ok()).flatten();
    Ok(head.map(|schema| (schema, SchemaBy::SchemaFile)))
}
