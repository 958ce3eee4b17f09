//! Runs as a chain: each names the digests of the run before it, so that no byte of any is changed, added or removed unseen.
//! Out: signatures over a run's digest (`gate`), which is what keeps the newest run.
//! Called by the commands `evidence`, `gate` and `sign`, and by `check`, which adds a run.

use crate::files::{DIGESTS, EVIDENCE_JSON};
use crate::{Evidence, Outcome, Previous, Record, json_text};
use groundline_core::{Digest, Fault, Place, Result};
use serde_json::json;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The type of a statement's predicate. Its fields are those of [`statement`].
pub const PREDICATE: &str = "urn:groundline:check:1";

/// A run in its folder.
#[derive(Clone, Debug)]
pub struct KeptRun {
    /// Its folder.
    pub folder: PathBuf,
    /// What it holds.
    pub record: Record,
    /// SHA-256 of its SHA256SUMS: what a signature names.
    pub digest: Digest,
}

/// What was found in the folder of all runs.
#[derive(Debug, Default)]
pub struct Fold {
    /// How many runs hold.
    pub runs: usize,
    /// What was changed, added or removed.
    pub faults: Vec<Fault>,
    /// What a person should know: runs that were pruned.
    pub notes: Vec<Fault>,
}

/// The statement of a run over its files: an in-toto Statement, version 1. Source: in-toto attestation framework, "Statement".
///
/// # Errors
/// It can't be written as JSON.
pub(crate) fn statement(evidence: &Evidence, files: &[(String, String)]) -> Result<String> {
    let subject: Vec<_> = files
        .iter()
        .map(|(name, text)| json!({ "name": name, "digest": { "sha256": Digest::of(text) } }))
        .collect();
    let checklist = evidence.checklist();
    let steps: Vec<_> = checklist.iter().map(|step| json!({ "id": step.id, "state": step.state })).collect();
    json_text(&json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": subject,
        "predicateType": PREDICATE,
        "predicate": {
            "run_id": evidence.run_id,
            "project": evidence.project.name,
            "git": evidence.project.git,
            "started": evidence.started,
            "finished": evidence.finished,
            "server": evidence.server.as_ref().map(|server| server.version.to_string()),
            "inputs": evidence.inputs,
            "outcome": evidence.outcome(),
            "steps": steps,
            "previous": evidence.previous,
        },
    }))
}

/// The runs of a folder, the newest last; a folder that holds no evidence is none.
///
/// # Errors
/// Evidence that can't be read.
pub fn runs(parent: &Path) -> Result<Vec<KeptRun>> {
    let mut runs = folders(parent).iter().map(|folder| read(folder)).collect::<Result<Vec<_>>>()?;
    // Two may begin in the same second, which is all that their names say.
    runs.sort_by_key(|run| run.record.evidence().started);
    Ok(runs)
}

/// The newest run of a folder. Only those that begin in the newest second are read: a run's name begins with its time.
///
/// # Errors
/// Evidence that can't be read.
pub fn newest_run(parent: &Path) -> Result<Option<KeptRun>> {
    let second = |folder: &PathBuf| {
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        name.split('-').next().unwrap_or_default().to_owned()
    };
    let mut folders = folders(parent);
    let newest = folders.iter().map(second).max();
    folders.retain(|folder| Some(second(folder)) == newest);
    let runs = folders.iter().map(|folder| read(folder)).collect::<Result<Vec<_>>>()?;
    Ok(runs.into_iter().max_by_key(|run| run.record.evidence().started))
}

/// The folders that hold evidence.
fn folders(parent: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(parent).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).filter(|folder| folder.join(EVIDENCE_JSON).is_file()).collect()
}

fn read(folder: &Path) -> Result<KeptRun> {
    let record = Record::read(folder).map_err(|fault| fault.at(Place::file(folder.join(EVIDENCE_JSON))))?;
    let sums = fs::read(folder.join(DIGESTS)).unwrap_or_default();
    Ok(KeptRun { folder: folder.to_owned(), record, digest: Digest::of(sums) })
}

/// What the next run names as the one before it.
///
/// # Errors
/// Evidence that can't be read.
pub fn newest(parent: &Path) -> Result<Option<Previous>> {
    Ok(newest_run(parent)?
        .map(|run| Previous { run_id: run.record.evidence().run_id.clone(), digest: run.digest }))
}

/// Holds every run of a folder against its digests, and against the run that names it.
///
/// # Errors
/// The folder can't be read.
pub fn verify_runs(parent: &Path) -> Result<Fold> {
    let mut fold = Fold::default();
    let mut folders: Vec<PathBuf> = Vec::new();
    let unreadable = |error: std::io::Error| Fault::io("read the evidence", parent, &error);
    for entry in fs::read_dir(parent).map_err(unreadable)? {
        folders.push(entry.map_err(unreadable)?.path());
    }
    folders.retain(|folder| folder.is_dir());
    folders.sort();
    let mut whole: Vec<KeptRun> = Vec::new();
    for folder in folders {
        let name = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let before = fold.faults.len();
        files(&folder, &mut fold.faults);
        match read(&folder) {
            Err(fault) => fold.faults.push(fault),
            Ok(run) => {
                let id = &run.record.evidence().run_id;
                if *id != name {
                    fold.faults.push(spoiled(&folder, format!("the folder holds run {id}")));
                }
                whole.push(run);
            }
        }
        fold.runs += usize::from(fold.faults.len() == before);
    }
    whole.iter().for_each(|run| link(run, &whole, &mut fold));
    Ok(fold)
}

fn spoiled(path: &Path, why: impl AsRef<str>) -> Fault {
    Fault::new("the evidence is not what was written").at(Place::file(path)).why(why)
}

/// Whether the files of a run are those of its digests, no more and no fewer.
fn files(folder: &Path, faults: &mut Vec<Fault>) {
    let sums = fs::read_to_string(folder.join(DIGESTS));
    let Ok(sums) = sums else { return faults.push(spoiled(&folder.join(DIGESTS), "the file is missing")) };
    let mut listed = BTreeSet::from([DIGESTS.to_owned()]);
    for line in sums.lines() {
        let pair = line.split_once("  ");
        let is_name = |name: &str| !name.contains(|c: char| c.is_whitespace() || c.is_control());
        let Some((digest, name)) = pair.filter(|(_, name)| is_name(name)) else {
            faults.push(spoiled(&folder.join(DIGESTS), "a line is no digest"));
            continue;
        };
        let path = folder.join(name);
        match fs::read(&path) {
            Err(_) => faults.push(spoiled(&path, "the file is missing")),
            Ok(bytes) if Digest::of(&bytes).to_string() != digest => {
                faults.push(spoiled(&path, "its digest is another"));
            }
            Ok(_) => {}
        }
        listed.insert(name.to_owned());
    }
    let there = fs::read_dir(folder).into_iter().flatten().flatten();
    for entry in there {
        let name = entry.file_name().to_string_lossy().into_owned();
        if !listed.contains(&name) {
            faults.push(spoiled(&entry.path(), "the file was added"));
        }
    }
}

/// Whether the run that a run names is there, as it was then. Two that ran at once may name the same one.
fn link(run: &KeptRun, all: &[KeptRun], fold: &mut Fold) {
    let id = |run: &KeptRun| run.record.evidence().run_id.clone();
    let oldest = all.iter().min_by_key(|run| run.record.evidence().started).map(id);
    let is_oldest = oldest.as_ref() == Some(&id(run));
    let Some(previous) = &run.record.evidence().previous else {
        if !is_oldest {
            fold.faults.push(spoiled(&run.folder, "it does not name the run before it"));
        }
        return;
    };
    match all.iter().find(|other| id(other) == previous.run_id) {
        Some(other) if other.digest == previous.digest => {}
        Some(other) => {
            let why = format!(
                "run {} has other digests than it had when run {} was made",
                previous.run_id,
                id(run)
            );
            fold.faults.push(spoiled(&other.folder, why));
        }
        None if oldest.is_some_and(|oldest| previous.run_id < oldest) => fold.notes.push(
            Fault::new("the chain begins in its middle")
                .at(Place::file(&run.folder))
                .why(format!("run {} and those before it were removed", previous.run_id)),
        ),
        None => fold
            .faults
            .push(spoiled(&run.folder, format!("run {}, which it names, was removed", previous.run_id))),
    }
}

impl KeptRun {
    /// A line of a list.
    pub fn line(&self) -> String {
        let evidence = self.record.evidence();
        let counts = evidence.step_counts();
        let commit = evidence.project.git.as_ref().map_or("-", |git| &git.commit[..git.commit.len().min(10)]);
        let word = if evidence.outcome() == Outcome::Passed { "passed" } else { "findings" };
        format!(
            "{}  {word:<8}  {} passed, {} failed, {} not run  {commit}  {}",
            evidence.run_id,
            counts.passed,
            counts.failed,
            counts.not_run,
            self.digest.short()
        )
    }
}
