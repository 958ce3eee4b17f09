//! How large relations are, and what that says of a finding: a scan of ten rows is none.
//! In: sizes as data, and findings with them. Out: asking a database (`pg::sizes`), reading a file (`cli`).
//! Called by the commands that lint.

use crate::finding::{Consequence, Finding};
use crate::judge::Verdict;
use crate::rule::Severity;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The version of the file's form.
pub const STATS_VERSION: u32 = 1;

/// How large a relation is, as of its last VACUUM or ANALYZE.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Size {
    /// Rows, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<u64>,
    /// Bytes of it, its indexes and what it keeps out of line.
    pub bytes: u64,
}

/// Sizes of relations, as a file has them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sizes {
    /// [`STATS_VERSION`].
    pub stats_version: u32,
    /// By their full names, `schema.name` without quotes; a partitioned table is as large as its partitions together.
    pub relations: BTreeMap<String, Size>,
}

/// What a team makes of sizes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Scale {
    /// Bytes of a relation up to which a scan or rewrite of it is a note; 0: none is.
    pub small_bytes: u64,
    /// Megabytes (10^6 bytes) that the server reads or writes in a second, for estimates; measured by the team.
    pub megabytes_per_second: u64,
}

impl Default for Scale {
    fn default() -> Self {
        Self { small_bytes: 0, megabytes_per_second: 100 }
    }
}

impl Verdict {
    /// The same with the sizes of relations: what takes longer on a larger one says how large it is.
    pub fn sized(mut self, sizes: Option<&Sizes>, scale: Scale) -> Self {
        let Some(sizes) = sizes else { return self };
        for finding in &mut self.findings {
            let size = finding.relation.as_ref().and_then(|name| sizes.relations.get(name)).copied();
            if let Some(size) = size.filter(|_| grows(finding)) {
                finding.size = Some(size);
                finding.seconds = Some(size.bytes.div_ceil(scale.megabytes_per_second.max(1) * 1_000_000));
                if size.bytes <= scale.small_bytes && finding.effect != Consequence::Break {
                    finding.severity = Severity::Note;
                }
            }
        }
        self
    }
}

/// Whether what is found takes longer on a larger relation.
fn grows(finding: &Finding) -> bool {
    matches!(finding.effect, Consequence::Rewrite | Consequence::Scan) || finding.code == "Q401"
}
