//! What a rule is.
//! Out: the rules (`rules`, one file each). Called by the registry, by judging, and by whoever prints a page.

use crate::context::{Context, Found};
use serde::Serialize;
use std::fmt;

/// What a rule is about; the first letter of its code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// L: blocks readers or writers.
    Lock,
    /// D: destroys data.
    Destructive,
    /// B: breaks code that runs.
    Breaking,
    /// T: transactions and the shape of files.
    Transaction,
    /// S: security, and guarantees that go.
    Safety,
    /// Q: statements on rows.
    Rows,
    /// P: what a team asks for.
    Policy,
    /// A: advice on design.
    Advice,
    /// U: what could not be judged.
    Unknown,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth knowing; shown on demand, and never a reason to fail.
    Note,
    /// Hurts under some load, or somebody.
    Warning,
    /// An outage, lost data, or a failing migration.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        })
    }
}

/// One rule.
pub struct Rule {
    /// Its code: a letter for the group, and a number.
    pub code: &'static str,
    /// Its name, in words.
    pub name: &'static str,
    /// What it is about.
    pub group: Group,
    /// How bad its findings are unless they say otherwise.
    pub severity: Severity,
    /// Rows of the catalogue of unsafe operations that it covers.
    pub sources: &'static [&'static str],
    /// Its page: what it finds, why it hurts, what to do instead. Markdown.
    pub page: &'static str,
    /// Looks at one statement.
    pub(crate) check: fn(&Context<'_>, &mut Found<'_>),
}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code)
    }
}
