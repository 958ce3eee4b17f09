//! The step over the lock: its files, and the schemas that the drill saw.
//! Out: comparing (`migrate::lock`).
//! Called by `check`.

use super::failed;
use super::run::Run;
use groundline_core::{Fault, Result};
use groundline_evidence::{Step, StepId, count};
use groundline_migrate::lock::{self, LOCK_FILE, Lock, LockFile, LockFinding, LockSeverity};
use groundline_pg::drill::Drilled;
use groundline_pg::stage::Play;

/// Compares the folder's lock with its files and with what the drill measured.
pub fn compare(run: &mut Run, play: &Play<'_>, drilled: &Drilled) {
    let clock = run.clock();
    let step = match LockFile::load(&play.history.folder) {
        Ok(Some(file)) => step(&file, play, drilled),
        Ok(None) => {
            Step::not_run(StepId::Lock, format!("there is no {LOCK_FILE}: `groundline lock` writes it"))
        }
        Err(fault) => failed(StepId::Lock, fault.what.clone(), fault),
    };
    run.record(step, clock);
}

fn step(file: &LockFile, play: &Play<'_>, drilled: &Drilled) -> Step {
    let schemas = || drilled.yields.iter().map(|(_, schema)| schema);
    let mut findings = lock::verify(file, play.history);
    findings.extend(lock::verify_schemas(file, play.history, &drilled.base, schemas()));
    findings.extend(file.lock.schema_major.and_then(|_| lock::verify_schema_file(file)));
    let told = |finding: &LockFinding| finding.severity == LockSeverity::Told;
    let notes: Vec<Fault> = findings.iter().filter(|one| told(one)).map(LockFinding::fault).collect();
    let faults: Vec<Fault> = findings.iter().filter(|one| !told(one)).map(LockFinding::fault).collect();
    let revisions = count(file.lock.revisions.len(), "revision");
    let step = match (faults.len(), measured(&file.lock, play, drilled)) {
        (0, Ok(schemas)) => {
            let schemas = count(schemas, "schema");
            let summary = format!("{revisions}, {schemas} on PostgreSQL {}", play.server.version());
            Step::passed(StepId::Lock, summary)
        }
        (0, Err(reason)) => Step::not_run(StepId::Lock, reason),
        (number, _) => Step::failed(StepId::Lock, count(number, "finding"), faults),
    };
    step.noting(notes)
}

/// How many schemas were compared, if all of them were; or why not.
fn measured(lock: &Lock, play: &Play<'_>, drilled: &Drilled) -> Result<usize, String> {
    let major = play.server.version().major();
    if let Some(locked) = lock.revisions.iter().find(|locked| locked.yields.on(major).is_none()) {
        return Err(format!(
            "from {} on no schema is locked for PostgreSQL {major}: `groundline lock --postgres {major}`",
            locked.id()
        ));
    }
    match drilled.yields.len() == lock.revisions.len() {
        true => Ok(drilled.yields.len()),
        false => Err("the history does not reach head".to_owned()),
    }
}
