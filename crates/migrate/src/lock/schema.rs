//! The file of head's schema, beside the lock: what reviewers read as a diff, and what databases are compared with
//! where no server is at hand.
//! Out: what a schema is (`catalog`), and comparing.
//! Called by the commands `lock`, `check`, `diff` and `drift`.

use super::{LockFile, LockFinding, LockFindingKind, Yields};
use groundline_catalog::Snapshot;
use groundline_core::{Fault, Place, Position, Result};
use std::path::Path;

/// The file's name; it lies beside the lock.
pub const SCHEMA_FILE: &str = "groundline.schema.json";

/// A schema as the file's text: JSON in lines that can be reviewed.
///
/// # Errors
/// None is known; the fault is serde's.
pub fn schema_text(schema: &Snapshot) -> Result<String> {
    schema
        .to_lines()
        .map_err(|error| Fault::new("the schema can't be written as JSON").why(error.to_string()))
}

/// Reads the file's text; `path` is for faults.
///
/// # Errors
/// It is no JSON, no schema, or in another normal form.
pub fn parse_schema(path: &Path, text: &str) -> Result<Snapshot> {
    serde_json::from_str(text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        let position = (line > 0).then_some(Position { line, column: column.max(1) });
        Fault::new("the file of head's schema is not valid")
            .at(Place::File { path: path.to_owned(), position })
            .why(error.to_string())
            .next("run `groundline lock`, which writes it anew")
    })
}

/// The schema of head, as it was locked, without a server.
///
/// # Errors
/// The file is not there, can't be read, or is not the schema that the lock names.
pub fn head_schema(file: &LockFile) -> Result<Snapshot> {
    let path = file.folder().join(SCHEMA_FILE);
    let next = |fault: Fault| fault.next("run `groundline lock`, which writes it");
    let bytes = std::fs::read_to_string(&path)
        .map_err(|error| next(Fault::io("read the file of head's schema", &path, &error)))?;
    let schema = parse_schema(&path, &bytes)?;
    let major = schema.server.major();
    let locked = file.lock.head().map(|head| &head.yields).and_then(|yields: &Yields| yields.on(major));
    let why = match locked {
        _ if file.lock.schema_major != Some(major) => {
            format!("it is of PostgreSQL {major}, and the lock names another")
        }
        _ if file.lock.scope != schema.scope => {
            format!("it is in the scope {}, and the lock in {}", schema.scope, file.lock.scope)
        }
        Some(fingerprint) if fingerprint == schema.fingerprint() => return Ok(schema),
        Some(_) => "its fingerprint is not that of the locked head".to_owned(),
        None => format!("head has no fingerprint on PostgreSQL {major}"),
    };
    Err(next(Fault::new("the file of head's schema is not what was locked").at(Place::file(path)).why(why)))
}

/// Whether the file of head's schema is what was locked.
pub fn verify_schema_file(file: &LockFile) -> Option<LockFinding> {
    let fault = head_schema(file).err()?;
    let place = fault.place.unwrap_or_else(|| Place::file(file.folder().join(SCHEMA_FILE)));
    let finding = LockFinding::new(LockFindingKind::SchemaFile, String::new(), place);
    Some(finding.why(fault.why.unwrap_or(fault.what)))
}
