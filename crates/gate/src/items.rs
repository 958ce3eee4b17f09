//! The registry of the checklist: what the definition of done asks for, and what proves each item.
//! Out: the state of an item in a project (`state`).

use serde::{Deserialize, Serialize};

/// A part of the checklist, in its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// What it is about, and what not.
    Scope,
    /// Who changes the schema, and where the database is.
    Preparation,
    /// The revision that is the schema.
    Baseline,
    /// Real runs.
    Smoke,
    /// How the team works.
    Workflow,
    /// What production needs.
    Pilot,
    /// The definition of done.
    Done,
}

impl Phase {
    /// Its heading.
    pub fn title(self) -> &'static str {
        match self {
            Phase::Scope => "Scope lock",
            Phase::Preparation => "Baseline preparation",
            Phase::Baseline => "Baseline revision",
            Phase::Smoke => "Smoke",
            Phase::Workflow => "Workflow",
            Phase::Pilot => "Pilot safety",
            Phase::Done => "Definition of done",
        }
    }
}

/// What proves an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proof {
    /// Steps of the last `check`, all of which passed.
    Steps(Vec<String>),
    /// A fact of the project, by its name.
    Fact(String),
    /// A file that is there.
    File(String),
    /// A person signs it.
    Person,
}

/// An item of the checklist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Its name.
    pub id: String,
    /// Where it belongs.
    pub phase: Phase,
    /// What is required.
    pub text: String,
    /// What proves it.
    pub proof: Proof,
    /// Whether nothing after it makes sense without it.
    pub critical: bool,
}

/// What proves an item of the registry.
enum By {
    Steps(&'static [&'static str]),
    Fact,
    Person,
}

/// The name of the profile that the registry is.
pub const PROFILE: &str = "m1";

/// The item that signs off all others.
pub const DONE: &str = "signed-off";

const CRITICAL: bool = true;
const LATER: bool = false;

const REGISTRY: &[(&str, Phase, &str, By, bool)] = &[
    ("scope-declared", Phase::Scope, "what is in scope is declared", By::Fact, CRITICAL),
    ("out-of-scope-declared", Phase::Scope, "what is out of scope is declared", By::Fact, LATER),
    (
        "no-destructive-work",
        Phase::Scope,
        "no new revision destroys, blocks or breaks what nobody allowed",
        By::Steps(&["judged"]),
        CRITICAL,
    ),
    (
        "owners-known",
        Phase::Preparation,
        "every place in code that changes the schema is known, and none is against the policy",
        By::Steps(&["owners"]),
        CRITICAL,
    ),
    (
        "one-database",
        Phase::Preparation,
        "the application and the migrations mean the same database",
        By::Steps(&["same-database"]),
        CRITICAL,
    ),
    ("startup-policy", Phase::Preparation, "what may happen at startup is decided", By::Fact, LATER),
    (
        "baseline-made",
        Phase::Baseline,
        "there is a history, and groundline.lock has each of its revisions as it is",
        By::Fact,
        CRITICAL,
    ),
    ("baseline-named", Phase::Baseline, "the first revision is named a baseline", By::Fact, LATER),
    ("baseline-reviewed", Phase::Baseline, "somebody other than its author reviewed it", By::Person, LATER),
    ("baseline-committed", Phase::Baseline, "the revisions and their lock are committed", By::Fact, CRITICAL),
    ("clean-bootstrap", Phase::Smoke, "an empty database reaches head", By::Steps(&["bootstrap"]), CRITICAL),
    (
        "app-healthy",
        Phase::Smoke,
        "the application starts on it and is healthy",
        By::Steps(&["app-starts", "app-healthy"]),
        CRITICAL,
    ),
    (
        "snapshot-parity",
        Phase::Smoke,
        "a snapshot of the existing database is restored, and is exactly one of the revisions",
        By::Steps(&["snapshot-restored", "snapshot-identified"]),
        CRITICAL,
    ),
    (
        "snapshot-upgraded",
        Phase::Smoke,
        "it is stamped and upgraded, and its rows are still there",
        By::Steps(&["snapshot-stamped", "snapshot-migrated", "data-kept"]),
        CRITICAL,
    ),
    (
        "reads",
        Phase::Smoke,
        "the application reads them, and changes no schema",
        By::Steps(&["app-reads", "app-keeps-schema"]),
        CRITICAL,
    ),
    (
        "drill",
        Phase::Smoke,
        "every revision goes up, down and up again, without repair by hand",
        By::Steps(&["drill", "chain"]),
        CRITICAL,
    ),
    ("cookbook", Phase::Workflow, "the team has a cookbook of its own commands", By::Fact, LATER),
    ("review-checklist", Phase::Workflow, "reviews have a checklist", By::Fact, LATER),
    (
        "no-direct-edits",
        Phase::Workflow,
        "nothing but migrations changes the schema: by the guard, or by the startup policy",
        By::Fact,
        LATER,
    ),
    ("backup-runbook", Phase::Pilot, "how to back up is written down", By::Fact, LATER),
    ("backup-policy", Phase::Pilot, "an upgrade of production needs a backup", By::Fact, LATER),
    (
        "backup-verified",
        Phase::Pilot,
        "a backup was restored, and what was in it is what was there",
        By::Fact,
        CRITICAL,
    ),
    (
        "restore-decision",
        Phase::Pilot,
        "how to decide between rollback and restore is written down",
        By::Fact,
        LATER,
    ),
    ("emergency-runbook", Phase::Pilot, "what to do in an emergency is written down", By::Fact, LATER),
    ("window", Phase::Pilot, "production is migrated in a window", By::Fact, LATER),
    ("operator", Phase::Pilot, "somebody is named who runs it", By::Fact, LATER),
    ("evidence", Phase::Pilot, "each run leaves evidence, and none of it was changed", By::Fact, CRITICAL),
    (
        "done-schema",
        Phase::Done,
        "an empty database at head is the database in production, object by object",
        By::Steps(&["bootstrap", "snapshot-identified", "snapshot-migrated"]),
        CRITICAL,
    ),
    (
        "done-app",
        Phase::Done,
        "the application runs on it, and leaves the schema to the migrations",
        By::Steps(&["app-healthy", "app-reads", "app-keeps-schema"]),
        CRITICAL,
    ),
    (
        "done-existing",
        Phase::Done,
        "an existing database is stamped only if it matches, and loses nothing",
        By::Steps(&["snapshot-identified", "snapshot-stamped", "data-kept"]),
        CRITICAL,
    ),
    (
        "done-drill",
        Phase::Done,
        "a developer's revision goes up, down and up, and nobody repairs anything",
        By::Steps(&["drill", "chain", "lock"]),
        CRITICAL,
    ),
    (DONE, Phase::Done, "an owner signed it off", By::Person, CRITICAL),
];

/// The items of the built-in profile.
pub fn items() -> Vec<Item> {
    let item = |(id, phase, text, by, critical): &(&str, Phase, &str, By, bool)| Item {
        id: (*id).to_owned(),
        phase: *phase,
        text: (*text).to_owned(),
        proof: match by {
            By::Steps(steps) => Proof::Steps(steps.iter().map(|step| (*step).to_owned()).collect()),
            By::Fact => Proof::Fact((*id).to_owned()),
            By::Person => Proof::Person,
        },
        critical: *critical,
    };
    REGISTRY.iter().map(item).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_differ_and_phases_do_not_interleave() {
        let all = items();
        for (at, item) in all.iter().enumerate() {
            assert!(all[..at].iter().all(|other| other.id != item.id), "{}", item.id);
        }
        assert!(all.windows(2).all(|pair| pair[0].phase <= pair[1].phase));
    }
}
