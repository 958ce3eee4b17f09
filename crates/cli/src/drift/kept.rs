//! `drift --keep`: looks that are kept below the project's folder, a line each, so that `serve` has a history of drift.
//! Out: looking (`look`), drawing the history (`serve`).
//! Called by `drift` and `serve`.

use super::look::Seen;
use crate::settings::Project;
use groundline_core::{Fault, Result, scrub};
use groundline_evidence::{DriftState, count};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Where they lie, below a project's folder.
const FILE: &str = ".groundline/drift.jsonl";

/// How many of the newest are read again.
const READ: usize = 200;

/// What is kept of a look.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Look {
    /// When it was.
    pub at: Timestamp,
    /// The database, without a password.
    pub database: String,
    /// How it stood.
    pub state: DriftState,
    /// What was expected, and how it differed, or what kept it from being looked at.
    pub line: String,
    /// The first digits of its schema's fingerprint, where it was read.
    pub schema: Option<String>,
}

impl Look {
    /// Of a database, and of what was seen of it.
    pub fn new(url: &str, looked: &Result<Seen>) -> Self {
        let (state, line, schema) = match looked {
            Err(fault) => (DriftState::Unknown, scrub(&fault.what), None),
            Ok(seen) => {
                let comparison = seen.report.comparison.as_ref();
                let expected = seen.report.expected.as_ref().map(|one| one.name.clone()).unwrap_or_default();
                let differences = comparison.map_or(0, |comparison| comparison.differences.len());
                let schema = comparison.map(|comparison| comparison.after.key.fingerprint.schema.short());
                let line = match (seen.report.state, differences) {
                    (DriftState::Dirty, _) => {
                        format!("failed half-way: {}", seen.report.failed.join(", "))
                    }
                    (_, 0) => format!("at {expected}"),
                    (_, some) => format!("{} from {expected}", count(some, "difference")),
                };
                (seen.report.state, line, schema)
            }
        };
        Self { at: Timestamp::now(), database: scrub(url), state, line, schema }
    }

    /// Adds it to those that are kept.
    pub fn keep(&self, project: &Project) -> Result<()> {
        let file = file(&project.folder);
        let io = |error: std::io::Error| Fault::io("keep the look", &file, &error);
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder).map_err(io)?;
        }
        let line = serde_json::to_string(self)
            .map_err(|error| Fault::new("could not be written as JSON").why(error.to_string()))?;
        let mut file = File::options().create(true).append(true).open(&file).map_err(io)?;
        // One write, so that two that look at once do not mix their lines.
        file.write_all(format!("{line}\n").as_bytes()).map_err(io)
    }
}

/// The file that they lie in, by the project's folder.
pub fn file(project: &Path) -> PathBuf {
    project.join(FILE)
}

/// The newest of them, in order. A line that is none, such as one of a newer Groundline, is passed over.
pub fn read(project: &Project) -> Vec<Look> {
    let text = std::fs::read_to_string(file(&project.folder)).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    let newest = &lines[lines.len().saturating_sub(READ)..];
    newest.iter().filter_map(|line| serde_json::from_str(line).ok()).collect()
}
