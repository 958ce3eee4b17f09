//! What the newest revision does to the schema: the difference that the drill saw between the schemas before and after it.
//! Out: marking it in a picture (`html::marks`), the lint of its statements (`cli`).
//! Filled by `check`, read by the report.

use groundline_catalog::{Difference, Snapshot, diff};
use serde::{Deserialize, Serialize};

/// A revision, and what it made of the schema.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NewestChange {
    /// The revision for people: its version and its name.
    pub revision: String,
    /// From the schema before it to the one after it.
    pub differences: Vec<Difference>,
}

impl NewestChange {
    /// Of a revision, by the schemas before and after its up.
    pub fn new(revision: String, before: &Snapshot, after: &Snapshot) -> Self {
        Self { revision, differences: diff(before, after) }
    }
}
