//! The evidence of one run: what was worked on, what was done, what was found.
//! Out: single steps (`checklist`), their sums (`summary`), writing it (`seal`, `files`).
//! Filled by `cli`.

use crate::{
    AppSmoke, Excerpt, NewestChange, Onboarding, SchemaFacts, ScopeFacts, State, Step, StepId,
    TracedStatement,
};
use groundline_core::{Digest, Fault, Major, ServerVersion};
use groundline_gate::Gate;
use groundline_migrate::history::{Down, History, Revision, Step as Script, Transaction};
use groundline_migrate::outcome::DrillReport;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::path::Path;

/// The version of the evidence's JSON. A reader refuses a newer one.
pub const SCHEMA_VERSION: u32 = 1;

/// The evidence of one `check` run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Evidence {
    /// [`SCHEMA_VERSION`] at the time of writing.
    pub schema_version: u32,
    /// Groundline's version.
    pub tool_version: String,
    /// The run's id, which is its folder's name.
    pub run_id: String,
    /// When the run began.
    pub started: Timestamp,
    /// When it ended.
    pub finished: Timestamp,
    /// The project.
    pub project: ProjectFacts,
    /// The server that everything was measured on, where there was one.
    pub server: Option<ServerFacts>,
    /// The history, where one was found.
    pub history: Option<HistoryFacts>,
    /// The steps of the run.
    pub steps: Vec<Step>,
    /// The drill, where it ran.
    pub drill: Option<DrillReport>,
    /// What a server did for each statement of the new revisions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub trace: Vec<TracedStatement>,
    /// The onboarding of an existing database, where one was given.
    pub onboarding: Option<Onboarding>,
    /// The smoke test of the application, where it ran.
    pub app: Option<AppSmoke>,
    /// What counted in the schemas of the run.
    #[serde(default)]
    pub scope: ScopeFacts,
    /// The schema at head.
    pub head: Option<SchemaFacts>,
    /// What the newest revision made of the schema, where the drill saw it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub newest: Option<NewestChange>,
    /// Lines of files around the places of faults; see [`Evidence::add_excerpts`].
    #[serde(default)]
    pub excerpts: Vec<Excerpt>,
    /// What all of it was measured on: when one of these is another, it is stale.
    #[serde(default)]
    pub inputs: Inputs,
    /// The definition of done, as it was when the run ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gate: Option<Gate>,
    /// The run before this one, in the same folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<Previous>,
}

/// What a run was measured on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inputs {
    /// SHA-256 over the files of the revisions, in their order.
    #[serde(default)]
    pub history: Option<Digest>,
    /// SHA-256 of groundline.lock.
    #[serde(default)]
    pub lock: Option<Digest>,
    /// SHA-256 of groundline.toml, without what only names people and waivers.
    #[serde(default)]
    pub configuration: Option<Digest>,
}

/// A run, and the digest of its digests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Previous {
    /// Its id, which is its folder's name.
    pub run_id: String,
    /// SHA-256 of its SHA256SUMS.
    pub digest: Digest,
}

impl Evidence {
    /// Every step of the registry in its order; one that the run has no record of counts as not run.
    pub fn checklist(&self) -> Vec<Cow<'_, Step>> {
        let of = |id: &StepId| match self.steps.iter().find(|step| step.id == *id) {
            Some(step) => Cow::Borrowed(step),
            None => Cow::Owned(Step::not_run(*id, "the run ended before this step")),
        };
        StepId::ALL.iter().map(of).collect()
    }

    /// The run's wall time in milliseconds.
    pub fn milliseconds(&self) -> u64 {
        self.finished.duration_since(self.started).as_millis().try_into().unwrap_or(0)
    }

    /// Whether a step has this state.
    pub fn is(&self, id: StepId, state: State) -> bool {
        self.checklist().iter().any(|step| step.id == id && step.state == state)
    }

    /// All faults and notes of steps, history and drill.
    pub fn faults(&self) -> impl Iterator<Item = &Fault> {
        let steps = self.steps.iter().flat_map(|step| step.faults.iter().chain(&step.notes));
        let history = self.history.iter().flat_map(|history| &history.notes);
        let drill = self.drill.iter().flat_map(|drill| {
            let revisions = drill.revisions.iter().flat_map(|one| one.error.iter().chain(&one.notes));
            revisions.chain(drill.chain.iter().filter_map(|chain| chain.error.as_ref()))
        });
        steps.chain(history).chain(drill)
    }

    /// Keeps the lines around every fault's place, so that reports can show them. `read` gives a file's text
    /// by the path in the place, or nothing.
    pub fn add_excerpts(&mut self, read: impl Fn(&Path) -> Option<String>) {
        self.excerpts = Excerpt::of_faults(self.faults(), read);
    }
}

/// The project that was checked.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ProjectFacts {
    /// Its name.
    pub name: String,
    /// Its folder, as the person gave it or relative to where the command ran.
    pub folder: String,
    /// Its git state, where known.
    pub git: Option<GitFacts>,
}

/// A git checkout.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct GitFacts {
    /// The commit's id.
    pub commit: String,
    /// Whether files differ from it.
    pub dirty: bool,
}

/// The server of a run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ServerFacts {
    /// Its version.
    pub version: ServerVersion,
    /// Where it came from, in words (`installed`, `fetched`, `given by URL`).
    pub origin: String,
    /// Set when it is not of the major that the project wants.
    pub other_major: Option<OtherMajor>,
}

/// A server of another major than wanted.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct OtherMajor {
    /// The major that the project wants.
    pub wanted: Major,
    /// Why another was used.
    pub reason: String,
}

/// The history of a run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct HistoryFacts {
    /// The layout's id.
    pub layout: String,
    /// The folder, relative to the project.
    pub folder: String,
    /// The revisions in order.
    pub revisions: Vec<RevisionFacts>,
    /// What the reader noticed.
    #[serde(default)]
    pub notes: Vec<Fault>,
}

impl HistoryFacts {
    /// The facts of a history; `folder` as the report shall show it.
    pub fn new(history: &History, folder: impl Into<String>) -> Self {
        Self {
            layout: history.layout.to_owned(),
            folder: folder.into(),
            revisions: history.revisions.iter().map(RevisionFacts::new).collect(),
            notes: history.notes.clone(),
        }
    }

    /// A revision by version.
    pub fn revision(&self, version: &str) -> Option<&RevisionFacts> {
        self.revisions.iter().find(|revision| revision.version == version)
    }
}

/// One revision of a history.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RevisionFacts {
    /// Its version.
    pub version: String,
    /// Its name.
    pub name: String,
    /// Whether it runs again whenever its text changes.
    #[serde(default)]
    pub repeatable: bool,
    /// The way up.
    pub up: FileFacts,
    /// The way down.
    pub down: DownFacts,
}

impl RevisionFacts {
    fn new(revision: &Revision) -> Self {
        Self {
            version: revision.version.clone(),
            name: revision.name.clone(),
            repeatable: revision.repeatable,
            up: FileFacts::new(&revision.up),
            down: match &revision.down {
                Down::Script(script) => DownFacts::Script(FileFacts::new(script)),
                Down::None => DownFacts::None,
                Down::Irreversible(reason) => DownFacts::Irreversible(reason.clone()),
            },
        }
    }
}

/// One direction of a revision.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FileFacts {
    /// The file, relative to the history's folder.
    pub file: String,
    /// SHA-256 of the file's bytes.
    pub digest: Digest,
    /// Whether its tool runs it in a transaction.
    pub in_transaction: bool,
}

impl FileFacts {
    fn new(script: &Script) -> Self {
        Self {
            file: script.file.to_string_lossy().into_owned(),
            digest: script.digest,
            in_transaction: matches!(script.transaction, Transaction::Wrapped),
        }
    }
}

/// The way down of a revision.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DownFacts {
    /// A script.
    Script(FileFacts),
    /// There is none.
    None,
    /// Its author says that there is none, and why.
    Irreversible(String),
}
