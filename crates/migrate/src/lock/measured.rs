//! Measured schemas compared with those that were locked.
//! Out: measuring them (`pg`), the files (`compare`).
//! Called by the commands `lock` and `check`; the scope's comparison also by those that look a schema up in a lock.

use super::{Lock, LockFile, LockFinding, LockFindingKind as Kind};
use crate::history::History;
use groundline_catalog::{Fingerprint, Snapshot};
use groundline_core::Place;

/// Where measured schemas are not those that were locked for their major, though no file up to them changed.
/// `schemas` are those after each revision, in order. What was not locked for this major is not compared.
///
/// The first from which on no schema is as it was locked is another schema: those after it follow from it. Where a
/// later one is as it was locked again, a revision only yields something else each time that it is played.
pub fn verify_schemas<'a>(
    file: &LockFile,
    history: &History,
    empty: &Snapshot,
    schemas: impl IntoIterator<Item = &'a Snapshot>,
) -> Vec<LockFinding> {
    if let Some(finding) = verify_scope(file, &empty.scope) {
        return vec![finding];
    }
    let major = empty.server.major();
    let measured = |what: &str| format!("measured on PostgreSQL {}: {what}", empty.server);
    if let Some(what) = file.lock.empty.on(major).and_then(|locked| other(locked, empty)) {
        let label = "the database before the first revision".to_owned();
        let finding = LockFinding::new(Kind::OtherSchema, label, Place::file(&file.path));
        return vec![finding.why(measured(what))];
    }
    let now = Lock::of(history);
    let pairs = file.lock.revisions.iter().zip(now.revisions.iter().zip(schemas)).enumerate();
    let compared: Vec<(usize, Option<&str>)> = pairs
        .filter_map(|(at, (locked, (now, schema)))| {
            // After an edit another schema is no wonder, and the edit is a finding of its own.
            let fingerprint = locked.yields.on(major).filter(|_| locked.chain == now.chain)?;
            Some((at, other(fingerprint, schema)))
        })
        .collect();
    let last_same = compared.iter().rposition(|(_, other)| other.is_none());
    let (before, after) = compared.split_at(last_same.map_or(0, |at| at + 1));
    let finding = |kind, at: usize, what: &str| {
        LockFinding::new(kind, file.lock.revisions[at].label(), file.line(at)).why(measured(what))
    };
    let unsteady = before.iter().filter_map(|(at, what)| Some(finding(Kind::UnsteadySchema, *at, (*what)?)));
    let others = after.iter().filter_map(|(at, what)| Some(finding(Kind::OtherSchema, *at, (*what)?)));
    unsteady.chain(others.take(1)).collect()
}

/// Whether the lock's schemas say nothing about those in a scope of this name.
pub fn verify_scope(file: &LockFile, scope: &str) -> Option<LockFinding> {
    let why = format!("measured in the scope {}, and wanted is {scope}", file.lock.scope);
    let finding = || LockFinding::new(Kind::OtherScope, String::new(), Place::file(&file.path)).why(why);
    (file.lock.scope != scope).then(finding)
}

/// What is not as it was locked.
fn other(locked: Fingerprint, schema: &Snapshot) -> Option<&'static str> {
    match schema.fingerprint() {
        measured if measured == locked => None,
        measured if measured.schema == locked.schema => Some("another order of columns"),
        _ => Some("other objects, or other properties of them"),
    }
}
