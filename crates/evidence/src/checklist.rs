//! The registry of `check`'s steps, and one run's result of a step.
//! Out: running a step (`cli`, `pg`).
//! Called by `cli`, which fills the steps, and by every renderer; help texts come from the registry too.

use groundline_core::{Digest, Fault};
use serde::{Deserialize, Serialize, Serializer};

/// A group of steps, in the order of reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// The folder of migrations, on an empty database.
    History,
    /// The project's files: who changes the schema, and where its database is.
    Contracts,
    /// Up, down, up.
    Drill,
    /// An existing database.
    Onboarding,
    /// The application on the migrated schema.
    App,
}

impl Phase {
    /// Its heading.
    pub fn title(self) -> &'static str {
        match self {
            Phase::History => "History",
            Phase::Contracts => "Contracts",
            Phase::Drill => "Drill",
            Phase::Onboarding => "Existing database",
            Phase::App => "Application",
        }
    }
}

macro_rules! steps {
    ($($variant:ident $word:literal $phase:ident $title:literal $proves:literal,)*) => {
        /// A step of `check`. Order is the order in which `check` runs them and reports list them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum StepId { $(#[doc = $proves] #[serde(rename = $word)] $variant,)* }

        impl StepId {
            /// All steps, in order.
            pub const ALL: &'static [StepId] = &[$(StepId::$variant,)*];

            /// The id that commands, JSON and configuration use.
            pub fn word(self) -> &'static str {
                match self { $(StepId::$variant => $word,)* }
            }

            /// The group it belongs to.
            pub fn phase(self) -> Phase {
                match self { $(StepId::$variant => Phase::$phase,)* }
            }

            /// Its line in the checklist.
            pub fn title(self) -> &'static str {
                match self { $(StepId::$variant => $title,)* }
            }

            /// What it proves when it passes, one sentence.
            pub fn proves(self) -> &'static str {
                match self { $(StepId::$variant => $proves,)* }
            }
        }
    };
}

steps! {
    Discover "discover" History "History read"
        "the folder's layout is recognised and every revision can be read",
    Server "server" History "PostgreSQL server"
        "everything below was measured on a running PostgreSQL of the wanted major version",
    Bootstrap "bootstrap" History "Empty database to head"
        "every revision applies, in order, to an empty database",
    Owners "owners" Contracts "Schema owners"
        "no code outside migrations changes the schema, beyond what the startup policy tolerates",
    SameDatabase "same-database" Contracts "One database"
        "the variables of the application and of the migrations lead to the same database",
    Drill "drill" Drill "Up, down, up"
        "each revision's down restores the schema before it, and its up then works again and yields the same",
    Chain "chain" Drill "Head to zero"
        "all downs, one after the other, lead back to the database before the first revision",
    Lock "lock" Drill "As locked"
        "the revisions are those of groundline.lock, and yield the schemas that were locked for this major",
    Judged "judged" Drill "New revisions judged"
        "no statement of a revision that is not locked yet blocks, destroys or breaks what nobody allowed",
    SnapshotRestored "snapshot-restored" Onboarding "Snapshot restored"
        "the existing database's snapshot restores completely",
    SnapshotIdentified "snapshot-identified" Onboarding "Snapshot recognised"
        "the existing database's schema is exactly that of one of the revisions",
    SnapshotStamped "snapshot-stamped" Onboarding "Snapshot stamped"
        "the layout's own history table says which revision the database is at",
    SnapshotMigrated "snapshot-migrated" Onboarding "Snapshot to head"
        "the revisions that it lacks apply to it, and the schema is then that of head",
    DataKept "data-kept" Onboarding "Rows kept"
        "no table lost a row while the existing database was migrated",
    AppStarts "app-starts" App "Application starts"
        "the application's process starts on the migrated schema",
    AppHealthy "app-healthy" App "Application healthy"
        "its health endpoint answers",
    AppReads "app-reads" App "Application reads"
        "its read endpoints answer from the migrated data",
    AppKeepsSchema "app-keeps-schema" App "Schema untouched"
        "starting the application did not change the schema",
}

/// What became of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It ran, and what it proves is proven.
    Passed,
    /// It ran, and found something.
    Failed,
    /// It did not run; the step's `reason` says why.
    NotRun,
}

impl State {
    /// The state in words.
    pub fn word(self) -> &'static str {
        match self {
            State::Passed => "passed",
            State::Failed => "failed",
            State::NotRun => "not run",
        }
    }
}

/// Something that a step worked on, and its digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Input {
    /// What it is: a path relative to the project, or words.
    pub name: String,
    /// SHA-256 of its bytes.
    pub digest: Digest,
}

/// One step of a run. Serialized with its title and phase, so that readers of the JSON need no registry.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Step {
    /// Which step.
    pub id: StepId,
    /// What became of it.
    pub state: State,
    /// What proved it, or what was found: one line, with numbers. Empty when it did not run.
    #[serde(default)]
    pub summary: String,
    /// Why it did not run.
    #[serde(default)]
    pub reason: Option<String>,
    /// What made it fail.
    #[serde(default)]
    pub faults: Vec<Fault>,
    /// What a person should know, without failing the step.
    #[serde(default)]
    pub notes: Vec<Fault>,
    /// When it began, in milliseconds since the run began.
    #[serde(default)]
    pub started_ms: u64,
    /// How long it took, in milliseconds.
    #[serde(default)]
    pub milliseconds: u64,
    /// What it worked on.
    #[serde(default)]
    pub inputs: Vec<Input>,
}

impl Step {
    /// A step that passed; `summary` says what proved it.
    pub fn passed(id: StepId, summary: impl Into<String>) -> Self {
        Self::new(id, State::Passed, summary.into(), None)
    }

    /// A step that failed; `summary` says what was found.
    pub fn failed(id: StepId, summary: impl Into<String>, faults: Vec<Fault>) -> Self {
        Self { faults, ..Self::new(id, State::Failed, summary.into(), None) }
    }

    /// A step that did not run, and why.
    pub fn not_run(id: StepId, reason: impl Into<String>) -> Self {
        Self::new(id, State::NotRun, String::new(), Some(reason.into()))
    }

    /// With its times, in milliseconds: since the run began, and its own.
    pub fn took(mut self, started_ms: u64, milliseconds: u64) -> Self {
        (self.started_ms, self.milliseconds) = (started_ms, milliseconds);
        self
    }

    /// With something it worked on.
    pub fn input(mut self, name: impl Into<String>, digest: Digest) -> Self {
        self.inputs.push(Input { name: name.into(), digest });
        self
    }

    /// With things that a person should know.
    pub fn noting(mut self, notes: impl IntoIterator<Item = Fault>) -> Self {
        self.notes.extend(notes);
        self
    }

    /// The line of the checklist: what proved it, what was found, or why it did not run.
    pub fn line(&self) -> &str {
        match self.state {
            State::NotRun => self.reason.as_deref().unwrap_or("no reason was recorded"),
            State::Passed | State::Failed => &self.summary,
        }
    }

    fn new(id: StepId, state: State, summary: String, reason: Option<String>) -> Self {
        let (faults, notes, inputs) = (Vec::new(), Vec::new(), Vec::new());
        Self { id, state, summary, reason, faults, notes, started_ms: 0, milliseconds: 0, inputs }
    }
}

/// The order and the names of a step's JSON.
#[derive(Serialize)]
struct StepJson<'a> {
    id: StepId,
    phase: Phase,
    title: &'static str,
    proves: &'static str,
    state: State,
    summary: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: &'a Option<String>,
    faults: &'a [Fault],
    notes: &'a [Fault],
    started_ms: u64,
    milliseconds: u64,
    inputs: &'a [Input],
}

impl Serialize for Step {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let json = StepJson {
            id: self.id,
            phase: self.id.phase(),
            title: self.id.title(),
            proves: self.id.proves(),
            state: self.state,
            summary: &self.summary,
            reason: &self.reason,
            faults: &self.faults,
            notes: &self.notes,
            started_ms: self.started_ms,
            milliseconds: self.milliseconds,
            inputs: &self.inputs,
        };
        json.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_the_json_names_and_phases_do_not_interleave() {
        for id in StepId::ALL {
            assert_eq!(serde_json::to_value(id).unwrap(), id.word());
        }
        assert!(StepId::ALL.windows(2).all(|pair| pair[0].phase() <= pair[1].phase()));
    }

    #[test]
    fn a_step_comes_back_from_its_json() {
        let step = Step::failed(StepId::Drill, "1 of 14 differs", vec![Fault::new("x")])
            .took(5, 7)
            .input("migrations/1.sql", Digest::of("a"))
            .noting([Fault::new("y")]);
        let json = serde_json::to_value(&step).unwrap();
        assert_eq!(json["title"], "Up, down, up");
        assert_eq!(serde_json::from_value::<Step>(json).unwrap(), step);
    }
}
