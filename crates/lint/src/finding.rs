//! One finding, as data.
//! Out: making it (`context`), drawing it (`evidence`). Called by both.

use crate::fix::Fix;
use crate::rule::{Group, Severity};
use crate::sizes::Size;
use groundline_core::{LockMode, Span};
use serde::Serialize;

/// What happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Consequence {
    /// All rows are written anew.
    Rewrite,
    /// All rows are read while others wait.
    Scan,
    /// Others wait, for as long as the lock is waited for and held.
    Lock,
    /// Code that runs fails, or data are gone.
    Break,
    /// Nothing at once.
    Style,
}

impl Consequence {
    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Consequence::Rewrite => "rewrite",
            Consequence::Scan => "scan",
            Consequence::Lock => "lock",
            Consequence::Break => "break",
            Consequence::Style => "style",
        }
    }
}

/// One finding.
#[derive(Clone, Debug, Serialize)]
pub struct Finding {
    /// The rule's code.
    pub code: &'static str,
    /// The rule's name.
    pub rule: &'static str,
    /// What the rule is about.
    pub group: Group,
    /// How bad it is.
    pub severity: Severity,
    /// The statement, counted from 0.
    pub statement: usize,
    /// Where, in bytes of the script.
    #[serde(skip)]
    pub span: Span,
    /// The relation, by its full name.
    pub relation: Option<String>,
    /// The lock that is taken on it.
    pub lock: Option<LockMode>,
    /// What happens.
    pub effect: Consequence,
    /// What, in one sentence.
    pub message: String,
    /// Why it hurts.
    pub why: String,
    /// The safe way, as SQL for this very statement.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instead: Option<String>,
    /// How large the relation is, where sizes were given and matter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<Size>,
    /// Seconds that it may take, by that size and the rate that the team gave.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seconds: Option<u64>,
    /// What `--fix` writes instead, where it can.
    #[serde(skip)]
    pub fix: Option<Fix>,
    /// What could not be known and was taken for granted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unsure: Option<String>,
    /// A server was seen doing it.
    pub observed: bool,
}
