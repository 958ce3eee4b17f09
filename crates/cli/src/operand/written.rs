//! Schemas that are written down, so that no server is needed: snapshots as JSON, and the lock's schema of head.
//! Out: their formats (`catalog`, `migrate::lock`).
//! Called by the loader of operands (`load`).

use super::load::place_name;
use crate::locked;
use groundline_catalog::{Scope, Snapshot};
use groundline_core::{Fault, Place, Result};
use groundline_migrate::history::History;
use groundline_migrate::lock::{self, LOCK_FILE, LockFile, SCHEMA_FILE};
use serde_json::Value;
use std::path::Path;

/// Whether a file's text begins as JSON does; no SQL and no dump begins so.
pub fn is_json(file: &Path) -> bool {
    use std::io::Read as _;
    let mut start = [0; 64];
    let read = std::fs::File::open(file).and_then(|mut file| file.read(&mut start));
    let text = read.map(|length| start[..length].trim_ascii_start().to_vec());
    text.is_ok_and(|text| text.starts_with(b"{"))
}

/// The schema in a file, in a scope.
pub fn snapshot(file: &Path, scope: &Scope) -> Result<Snapshot> {
    let text = std::fs::read_to_string(file);
    let text = text.map_err(|error| Fault::io("read the snapshot", file, &error))?;
    let malformed = |error: serde_json::Error| {
        Fault::new("the file is not a snapshot of a schema")
            .at(Place::file(file))
            .why(error.to_string())
            .next("`groundline fingerprint --format json URL > FILE` makes one")
    };
    let mut value: Value = serde_json::from_str(&text).map_err(malformed)?;
    // As `fingerprint` prints it, or alone.
    let inner = value.get_mut("snapshot").map(Value::take).unwrap_or(value);
    let schema: Snapshot = serde_json::from_value(inner).map_err(malformed)?;
    let next = "take it anew with the same --profile and the same [catalog] in groundline.toml";
    adopted(schema, file, scope, next)
}

/// What the locked head is called, and its schema, in a scope. A lock that is behind the files is told.
pub fn head(history: &History, scope: &Scope) -> Result<(String, Snapshot)> {
    let file = LockFile::require(&history.folder)?;
    locked::note_if_behind(&file, history);
    let schema = lock::head_schema(&file)?;
    let place = file.lock.head().map_or("base".to_owned(), lock::Locked::label);
    let next = "lock it in this scope: the same [catalog] in groundline.toml, then `groundline lock`";
    let schema = adopted(schema, &file.folder().join(SCHEMA_FILE), scope, next)?;
    Ok((place_name(file.folder(), &place, LOCK_FILE), schema))
}

fn adopted(schema: Snapshot, file: &Path, scope: &Scope, next: &str) -> Result<Snapshot> {
    scope.adopt(schema).map_err(|other| {
        Fault::new("the snapshot was taken in another scope")
            .at(Place::file(file))
            .why(format!(
                "it is in the scope {other}, and wanted is {}: objects that one has are not in the other",
                scope.name()
            ))
            .next(next)
    })
}
