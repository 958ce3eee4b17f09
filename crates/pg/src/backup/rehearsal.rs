//! What a rehearsal of revisions on a backup found: how long each took on production's rows.
//! Out: doing it (`cli`). Called by the rehearsal, and by the windows, which need to know whether a run fits.

use super::folder;
use super::record::Kept;
use groundline_core::{Digest, Fault, Result};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The version of the record. A reader refuses any other.
pub const REHEARSAL_VERSION: u32 = 1;

/// A rehearsal, kept beside its backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rehearsal {
    /// [`REHEARSAL_VERSION`] at the time of writing.
    pub rehearsal_version: u32,
    /// When, RFC 3339 in UTC.
    pub at: String,
    /// The revisions that were applied, in order.
    pub steps: Vec<RehearsedStep>,
    /// What stopped it before head, if something did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<Fault>,
}

/// A revision that was applied to the backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RehearsedStep {
    /// Its id.
    pub revision: String,
    /// Over it and all before it: another text has not been rehearsed.
    pub chain: Digest,
    /// How long it took.
    pub milliseconds: u64,
}

impl Rehearsal {
    /// How long all of it took, in milliseconds.
    pub fn milliseconds(&self) -> u64 {
        self.steps.iter().map(|step| step.milliseconds).sum()
    }
}

impl Kept {
    /// Keeps a rehearsal beside the backup, in the place of an earlier one.
    ///
    /// # Errors
    /// It can't be written.
    pub fn keep_rehearsal(&self, rehearsal: &Rehearsal) -> Result<()> {
        folder::write(&self.folder, folder::REHEARSAL, rehearsal)
    }

    /// How long some revisions, each with its chain digest, took in the rehearsal; nothing where one of them was not in it.
    pub fn rehearsed(&self, revisions: &[(&str, Digest)]) -> Option<Duration> {
        let steps = &self.rehearsal.as_ref()?.steps;
        let took = |(revision, chain): &(&str, Digest)| {
            steps
                .iter()
                .find(|step| step.revision == *revision && step.chain == *chain)
                .map(|step| step.milliseconds)
        };
        let took: Option<Vec<u64>> = revisions.iter().map(took).collect();
        took.map(|took| Duration::from_millis(took.iter().sum()))
    }
}
