//! `groundline.lock`: the revisions of a folder as they were when they were locked, and the schema that each yields.
//! In: the lock as data, its file, comparing it with the folder's revisions and with measured schemas.
//! Out: measuring the schemas (`pg`), and what a person decides about findings (`cli`).
//! Called by the commands `lock`, `check`, `identify`, `diff` and `drift`, and by the detection of layouts.

mod compare;
mod expect;
mod finding;
mod measured;
mod read;
mod recognise;
mod schema;
mod write;

pub use compare::verify;
pub use finding::{LockFinding, LockFindingKind, LockSeverity};
pub use measured::{verify_schemas, verify_scope};
pub use read::LockFile;
pub use recognise::{Recognised, recognise};
pub use schema::{SCHEMA_FILE, head_schema, parse_schema, schema_text, verify_schema_file};

use crate::history::{Down, History, Language, Revision, Step, Transaction};
use crate::layout::alembic::python;
use groundline_catalog::{Fingerprint, NORMAL_FORM, Scope, Snapshot};
use groundline_core::{Digest, Hasher, Major, in_parallel};
use groundline_sql::normal_form;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The lock file's name; it lies in the folder of the revisions.
pub const LOCK_FILE: &str = "groundline.lock";

/// The version of the file's format. A reader refuses any other.
pub const FORMAT: u32 = 1;

/// What a folder's revisions were when they were locked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Lock {
    /// The id of the layout that read them.
    pub layout: String,
    /// The name of the scope that all fingerprints were measured in. The default one is not written.
    pub scope: String,
    /// The major of [`SCHEMA_FILE`], where that file was written.
    pub schema_major: Option<Major>,
    /// The schema before the first revision: what the project's own SQL for an empty database leaves.
    pub empty: Yields,
    /// The revisions, in the history's order.
    pub revisions: Vec<Locked>,
}

/// One locked revision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Locked {
    /// The version; empty for a repeatable one, where the layout has it so.
    pub version: String,
    /// The name.
    pub name: String,
    /// Whether it runs again whenever its text changes.
    pub repeatable: bool,
    /// The way up.
    pub up: LockedStep,
    /// The way down.
    pub down: LockedDown,
    /// Over the chain of the revision before it, its id, and what its up and down do.
    pub chain: Digest,
    /// The schema that it yields.
    pub yields: Yields,
}

/// One direction of a locked revision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LockedStep {
    /// The file, relative to the folder.
    pub file: String,
    /// SHA-256 of the text, with line ends as LF and without a byte order mark.
    pub text: Digest,
    /// SHA-256 of what a server sees of it: no comments, no white space that says nothing; and whether it runs
    /// outside a transaction.
    pub sql: Digest,
}

/// The way down of a locked revision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LockedDown {
    /// A script.
    Script(LockedStep),
    /// There is none.
    None,
    /// Its author says that there is none, and why.
    Irreversible(String),
}

/// The fingerprints of one schema, by the major that they were measured on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Yields(BTreeMap<Major, Yield>);

/// A fingerprint, and the version of the normal form that it is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Yield {
    /// The normal form's version.
    pub normal_form: u16,
    /// The fingerprint.
    pub fingerprint: Fingerprint,
}

impl Yields {
    /// The fingerprint on a major; nothing where it was not measured, or over another normal form than ours.
    pub fn on(&self, major: Major) -> Option<Fingerprint> {
        let found = self.0.get(&major)?;
        (found.normal_form == NORMAL_FORM).then_some(found.fingerprint)
    }

    /// Keeps a measured schema's fingerprint, unless there is one on its major already.
    pub fn measured(&mut self, schema: &Snapshot) {
        let major = schema.server.major();
        if self.on(major).is_none() {
            let found = Yield { normal_form: NORMAL_FORM, fingerprint: schema.fingerprint() };
            self.0.insert(major, found);
        }
    }
}

impl Lock {
    /// The lock of a history, with no schema measured.
    pub fn of(history: &History) -> Self {
        let mut revisions = in_parallel(&history.revisions, Locked::unchained);
        let mut before = None;
        for locked in &mut revisions {
            locked.chain = locked.chain_after(before);
            before = Some(locked.chain);
        }
        let layout = history.layout.to_owned();
        Self {
            layout,
            scope: Scope::default().name(),
            schema_major: None,
            empty: Yields::default(),
            revisions,
        }
    }

    /// Takes over what an older lock measured, for every revision up to which nothing changed.
    pub fn carry_over(&mut self, old: &Lock) {
        self.scope.clone_from(&old.scope);
        self.schema_major = old.schema_major;
        self.empty = old.empty.clone();
        let measured: BTreeMap<Digest, &Yields> =
            old.revisions.iter().map(|locked| (locked.chain, &locked.yields)).collect();
        for locked in &mut self.revisions {
            if let Some(yields) = measured.get(&locked.chain) {
                locked.yields = (*yields).clone();
            }
        }
    }

    /// Keeps the fingerprints of measured schemas: `empty` before the first revision, then one a revision, in
    /// order. What was carried over stays, unless it is of another scope.
    pub fn measured<'a>(&mut self, empty: &Snapshot, schemas: impl IntoIterator<Item = &'a Snapshot>) {
        if self.scope != empty.scope {
            self.scope.clone_from(&empty.scope);
            let all = self.revisions.iter_mut().map(|locked| &mut locked.yields);
            all.chain([&mut self.empty]).for_each(|yields| yields.0.clear());
        }
        self.empty.measured(empty);
        for (locked, schema) in self.revisions.iter_mut().zip(schemas) {
            locked.yields.measured(schema);
        }
    }

    /// The last revision.
    pub fn head(&self) -> Option<&Locked> {
        self.revisions.last()
    }
}

impl Locked {
    /// Before it is known what it follows.
    fn unchained(revision: &Revision) -> Self {
        Self {
            version: revision.version.clone(),
            name: revision.name.clone(),
            repeatable: revision.repeatable,
            up: LockedStep::of(&revision.up),
            down: LockedDown::of(&revision.down),
            chain: Digest::of(""),
            yields: Yields::default(),
        }
    }

    /// What the history calls it: its version, or its name where it has none.
    pub fn id(&self) -> &str {
        Revision::id_of(&self.version, &self.name)
    }

    /// Version and name, as tables show them.
    pub fn label(&self) -> String {
        Revision::label_of(&self.version, &self.name)
    }

    /// The chain that it must have after the one of the revision before it.
    fn chain_after(&self, before: Option<Digest>) -> Digest {
        let mut hasher = Hasher::default();
        hasher.field(before.map_or_else(Vec::new, |digest| digest.bytes().to_vec()));
        hasher.field(self.id()).field(self.up.sql.bytes());
        match &self.down {
            LockedDown::Script(step) => hasher.field(step.sql.bytes()),
            LockedDown::None | LockedDown::Irreversible(_) => hasher.field(""),
        };
        hasher.finish()
    }
}

impl LockedStep {
    fn of(step: &Step) -> Self {
        let text = step.sql().replace("\r\n", "\n");
        let mark = match step.transaction {
            Transaction::Wrapped => "",
            Transaction::MarkedOutside => "-- outside a transaction\n",
        };
        let normal = match step.language {
            Language::Sql => normal_form(&text),
            Language::Alembic => python::normal_form(&text),
        };
        let file = step.file.to_string_lossy().into_owned();
        Self { file, sql: Digest::of(format!("{mark}{normal}")), text: Digest::of(&text) }
    }
}

impl LockedDown {
    fn of(down: &Down) -> Self {
        match down {
            Down::Script(step) => LockedDown::Script(LockedStep::of(step)),
            Down::None => LockedDown::None,
            Down::Irreversible(reason) => LockedDown::Irreversible(reason.clone()),
        }
    }
}
