//! A plan: which revisions run, which way, in which transactions, on which database, decided before anything is done.
//! Out: running it (`pg::execute`), drawing it (`cli`).
//! Called by the commands `plan`, `upgrade` and `downgrade`.

mod make;
mod target;

pub use make::{Known, make};
pub use target::Target;

use groundline_core::{Digest, Fault, Hasher, Place, Result};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// The version of the plan's format. A reader refuses any other.
pub const PLAN_VERSION: u32 = 1;

/// Which way revisions run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Their ups, the oldest first.
    Up,
    /// Their downs, the newest first.
    Down,
}

impl Direction {
    /// Its word, as in the journal.
    pub fn word(self) -> &'static str {
        match self {
            Direction::Up => "up",
            Direction::Down => "down",
        }
    }
}

/// What will be done to one database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// [`PLAN_VERSION`] at the time of writing.
    pub plan_version: u32,
    /// The project's name.
    pub project: String,
    /// The layout of its history.
    pub layout: String,
    /// The history table, `schema.table`.
    pub history_table: String,
    /// The database's name.
    pub database: String,
    /// Which way.
    pub direction: Direction,
    /// The versions that the history table records now.
    pub recorded: Vec<String>,
    /// The fingerprint of the database's schema now.
    pub fingerprint: Digest,
    /// Whether the database has nothing that a statement could take away.
    pub empty: bool,
    /// What bounds the run.
    pub limits: Limits,
    /// Whether a person has to approve it: a statement loses data.
    pub needs_approval: bool,
    /// The codes of the rules of the lint that its statements are against.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hazards: Vec<String>,
    /// What spoke against the run when it was made.
    pub findings: Vec<Fault>,
    /// What runs, in this order.
    pub steps: Vec<PlanStep>,
}

/// What bounds a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Milliseconds that a statement waits for a lock before its transaction is rolled back and tried again.
    pub lock_timeout_ms: u64,
    /// Milliseconds that a statement may run; as long as it takes, without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub statement_timeout_ms: Option<u64>,
    /// How often a transaction is tried again.
    pub retries: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { lock_timeout_ms: 2_000, statement_timeout_ms: None, retries: 10 }
    }
}

/// One revision's part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanStep {
    /// The revision's id.
    pub revision: String,
    /// The same for people.
    pub label: String,
    /// The file that runs, relative to the history's folder.
    pub file: PathBuf,
    /// Over this revision and all before it.
    pub chain: Digest,
    /// What shares a transaction.
    pub groups: Vec<PlanGroup>,
    /// The fingerprint that groundline.lock has for the schema afterwards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<Digest>,
}

/// Statements that commit together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanGroup {
    /// Whether they run in a transaction.
    pub transaction: bool,
    /// The statements.
    pub statements: Vec<PlanStatement>,
}

/// One statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanStatement {
    /// Where it begins.
    pub place: Place,
    /// Its beginning.
    pub text: String,
    /// The command that loses data, if it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub destructive: Option<String>,
}

impl Plan {
    /// What a person approves: the database, the direction, and each revision with all before it.
    pub fn digest(&self) -> Digest {
        let mut hasher = Hasher::default();
        hasher.field(&self.project).field(&self.database).field(self.direction.word());
        hasher.field(self.fingerprint.bytes());
        for step in &self.steps {
            hasher.field(&step.revision).field(step.chain.bytes());
        }
        hasher.finish()
    }

    /// The statements that lose data, where there is any.
    pub fn destructive(&self) -> impl Iterator<Item = &PlanStatement> {
        let groups = self.steps.iter().filter(|_| !self.empty).flat_map(|step| &step.groups);
        groups.flat_map(|group| &group.statements).filter(|statement| statement.destructive.is_some())
    }

    /// Refuses to run where this plan, saved earlier, is not what would be planned now.
    ///
    /// # Errors
    /// What changed since.
    pub fn assert_current(&self, now: &Plan) -> Result<()> {
        let stale =
            |why: String| Err(Fault::new("the plan is stale").why(why).next("make it anew: groundline plan"));
        if self.plan_version != PLAN_VERSION {
            return stale(format!(
                "it has version {}, and this Groundline reads {PLAN_VERSION}",
                self.plan_version
            ));
        }
        if self.database != now.database || self.project != now.project {
            return stale(format!(
                "it is for {} on {}, not for {} on {}",
                self.project, self.database, now.project, now.database
            ));
        }
        if self.recorded != now.recorded {
            return stale(format!(
                "{} recorded {} when it was made, and records {} now",
                self.history_table,
                listed(&self.recorded),
                listed(&now.recorded)
            ));
        }
        if self.fingerprint != now.fingerprint {
            return stale(format!(
                "the database's schema was {} when it was made, and is {} now",
                self.fingerprint.short(),
                now.fingerprint.short()
            ));
        }
        let changed = self.steps.iter().find(|step| {
            !now.steps.iter().any(|other| other.revision == step.revision && other.chain == step.chain)
        });
        match changed {
            Some(step) => {
                stale(format!("{} is not what it was: its file, or one before it, was changed", step.label))
            }
            None if self.steps.len() != now.steps.len() => stale("other revisions would run now".to_owned()),
            None => Ok(()),
        }
    }
}

fn listed(versions: &[String]) -> String {
    match versions.last() {
        None => "nothing".to_owned(),
        Some(newest) => format!("{} to {newest}", versions.len()),
    }
}
