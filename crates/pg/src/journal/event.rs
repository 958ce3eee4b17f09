//! An event as data, and as the statement that writes it.
//! Out: the table (`table`), and when events are written (`execute`).
//! Called by the journal.

use groundline_catalog::Fingerprint;
use groundline_core::{Digest, quote_literal, scrub};

/// What an event says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// A run holds the lease and begins.
    RunBegun,
    /// A statement that takes no transaction is about to be sent.
    StatementBegun,
    /// A statement that takes no transaction is done.
    StatementDone,
    /// A statement that takes no transaction ended with an error.
    StatementFailed,
    /// A transaction that is a part of a revision, and not its last, is committed with this event in it.
    GroupDone,
    /// An up is done; in the same transaction as its row in the history table.
    RevisionApplied,
    /// A down is done; in the same transaction as its row in the history table.
    RevisionReverted,
    /// A revision was recorded in the history table without being run.
    Stamped,
    /// The state of an unfinished revision was settled by a person.
    Repaired,
    /// A run ended as it was meant to.
    RunEnded,
    /// A run ended otherwise; its fault is in the detail.
    RunFailed,
}

/// Every kind, for reading.
const KINDS: [EventKind; 11] = [
    EventKind::RunBegun,
    EventKind::StatementBegun,
    EventKind::StatementDone,
    EventKind::StatementFailed,
    EventKind::GroupDone,
    EventKind::RevisionApplied,
    EventKind::RevisionReverted,
    EventKind::Stamped,
    EventKind::Repaired,
    EventKind::RunEnded,
    EventKind::RunFailed,
];

impl EventKind {
    /// Its word in the table.
    pub fn word(self) -> &'static str {
        match self {
            EventKind::RunBegun => "run_begun",
            EventKind::StatementBegun => "statement_begun",
            EventKind::StatementDone => "statement_done",
            EventKind::StatementFailed => "statement_failed",
            EventKind::GroupDone => "group_done",
            EventKind::RevisionApplied => "revision_applied",
            EventKind::RevisionReverted => "revision_reverted",
            EventKind::Stamped => "stamped",
            EventKind::Repaired => "repaired",
            EventKind::RunEnded => "run_ended",
            EventKind::RunFailed => "run_failed",
        }
    }

    /// Whether it is the last of a revision's step.
    pub(crate) fn closes_revision(self) -> bool {
        matches!(self, EventKind::RevisionApplied | EventKind::RevisionReverted)
    }

    /// The kind of a word; nothing for one of a newer Groundline.
    pub(super) fn of(word: &str) -> Option<Self> {
        KINDS.into_iter().find(|kind| kind.word() == word)
    }
}

/// One event. Id, time, operator and tool version are filled in as it is written.
#[derive(Clone, Debug)]
pub struct Event {
    /// What it says.
    pub kind: EventKind,
    /// The revision's id, where it is of one.
    pub version: Option<String>,
    /// `up` or `down`, where it is of a revision that ran.
    pub direction: Option<&'static str>,
    /// The statement's place in its file, from 0.
    pub statement: Option<i32>,
    /// SHA-256 of the statement as it was sent.
    pub digest: Option<Digest>,
    /// The schema before.
    pub before: Option<Fingerprint>,
    /// The schema after.
    pub after: Option<Fingerprint>,
    /// The chain digest of the revision, as groundline.lock has it.
    pub chain: Option<Digest>,
    /// How long it took.
    pub duration_ms: Option<i64>,
    /// More, such as the fault of a failed run.
    pub detail: Option<serde_json::Value>,
}

impl Event {
    /// An event that says nothing but its kind.
    pub fn new(kind: EventKind) -> Self {
        Self {
            kind,
            version: None,
            direction: None,
            statement: None,
            digest: None,
            before: None,
            after: None,
            chain: None,
            duration_ms: None,
            detail: None,
        }
    }

    /// The statement that writes it, with its values as literals, for the batch of a change.
    pub(super) fn sql(&self, run: &str, project: &str, operator: &str) -> String {
        let text = |value: Option<&str>| value.map_or_else(|| "NULL".to_owned(), quote_literal);
        let printed = |value: Option<String>| text(value.as_deref());
        let number = |value: Option<i64>| value.map_or_else(|| "NULL".to_owned(), |value| value.to_string());
        let values = [
            quote_literal(run),
            quote_literal(self.kind.word()),
            quote_literal(project),
            text(self.version.as_deref()),
            text(self.direction),
            number(self.statement.map(i64::from)),
            printed(self.digest.map(|digest| digest.to_string())),
            quote_literal(operator),
            quote_literal(env!("CARGO_PKG_VERSION")),
            printed(self.before.map(|fingerprint| fingerprint.schema.to_string())),
            printed(self.after.map(|fingerprint| fingerprint.schema.to_string())),
            printed(self.chain.map(|digest| digest.to_string())),
            number(self.duration_ms),
            printed(self.detail.as_ref().map(|detail| scrub(&detail.to_string()))),
        ];
        format!(
            "INSERT INTO groundline.event (run, kind, project, version, direction, statement, digest, operator, \
             tool_version, fingerprint_before, fingerprint_after, chain, duration_ms, detail) VALUES ({});",
            values.join(", ")
        )
    }
}
