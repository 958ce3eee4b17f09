//! The registry of what can be found when a lock is compared, and one finding as a fault.
//! Out: comparing (`compare`).
//! Called by the commands `lock` and `check`, and by those that look a schema up in a lock.

use groundline_core::{Fault, Place};
use serde::Serialize;

/// What a finding asks of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LockSeverity {
    /// Nothing: it is as it is meant to be.
    Told,
    /// The lock is behind: `groundline lock` brings it up to date, and nothing is lost by it.
    Behind,
    /// What was locked is not so any more: undo it, or accept it.
    Changed,
}

macro_rules! kinds {
    ($($variant:ident $word:literal $severity:ident $what:literal,)*) => {
        /// What was found. Order is the order of reports.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        pub enum LockFindingKind { $(#[doc = $what] #[serde(rename = $word)] $variant,)* }

        impl LockFindingKind {
            /// All kinds, in the order of reports.
            pub const ALL: &'static [LockFindingKind] = &[$(LockFindingKind::$variant,)*];

            /// The word that JSON and people use.
            pub fn word(self) -> &'static str {
                match self { $(LockFindingKind::$variant => $word,)* }
            }

            /// What it asks of a person.
            pub fn severity(self) -> LockSeverity {
                match self { $(LockFindingKind::$variant => LockSeverity::$severity,)* }
            }

            /// What is so; `{}` stands for the revision.
            fn what(self) -> &'static str {
                match self { $(LockFindingKind::$variant => $what,)* }
            }
        }
    };
}

kinds! {
    OtherLayout "other-layout" Changed "the lock is of another layout",
    ChainBroken "chain-broken" Changed "the lock does not hold together at {}",
    Missing "missing" Changed "{} was locked and is not there",
    Renamed "renamed" Changed "{} was renamed after it was locked",
    EditedUp "edited-up" Changed "the up of {} was edited after it was locked",
    EditedDown "edited-down" Changed "the down of {} was edited after it was locked",
    DownRemoved "down-removed" Changed "the down of {} was removed after it was locked",
    OutOfOrder "out-of-order" Changed "{} comes before revisions that are locked",
    Reordered "reordered" Changed "{} has another place in the order than when it was locked",
    OtherSchema "other-schema" Changed "{} yields another schema than the one that was locked",
    CommentUp "comment-up" Behind "a comment in the up of {} was edited after it was locked",
    CommentDown "comment-down" Behind "a comment in the down of {} was edited after it was locked",
    DownAdded "down-added" Behind "{} has a down now, and had none when it was locked",
    Unlocked "unlocked" Behind "{} is not locked",
    OtherScope "other-scope" Behind "the lock's schemas are of another scope",
    SchemaFile "schema-file" Behind "the file of head's schema is not what was locked",
    UnsteadySchema "unsteady-schema" Told "{} yields another schema each time that it is played",
    RepeatableEdited "repeatable-edited" Told "{} was edited after it was locked, as repeatable ones are",
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LockFinding {
    /// What was found.
    pub kind: LockFindingKind,
    /// What it asks of a person.
    pub severity: LockSeverity,
    /// Version and name of the revision that it is about; empty where it is about none.
    pub revision: String,
    /// The file, or the line of the lock.
    pub place: Place,
    /// More of it: what it is now, how it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

impl LockFinding {
    /// A finding about a revision.
    pub fn new(kind: LockFindingKind, revision: String, place: Place) -> Self {
        Self { kind, severity: kind.severity(), revision, place, why: None }
    }

    /// With more of it.
    pub fn why(mut self, why: impl Into<String>) -> Self {
        self.why = Some(why.into());
        self
    }

    /// As a fault, with what to do next.
    pub fn fault(&self) -> Fault {
        let fault = Fault::new(self.kind.what().replace("{}", &self.revision)).at(self.place.clone());
        let fault = self.why.iter().fold(fault, Fault::why);
        match self.next() {
            Some(next) => fault.next(next),
            None => fault,
        }
    }

    fn next(&self) -> Option<&'static str> {
        use LockFindingKind as Kind;
        Some(match self.kind {
            Kind::OtherLayout => "name the layout that was locked with --layout, or accept this one",
            Kind::ChainBroken => {
                "take groundline.lock from a commit that was reviewed, then run `groundline lock`"
            }
            Kind::Missing | Kind::DownRemoved => "bring the file back",
            Kind::Renamed => "give the file its old name",
            Kind::EditedUp => "restore the file, and put the change into a new revision",
            Kind::EditedDown => "restore the file, or accept the new down after `groundline drill`",
            Kind::OutOfOrder => "give it a version after the locked head: databases at head would miss it",
            Kind::Reordered => "restore the order: databases have applied the locked one",
            Kind::OtherSchema => {
                "look for what changed around the files (the SQL before the first revision, extensions, the server), \
                 or for a revision that writes the time or the date into the schema"
            }
            Kind::OtherScope => {
                "after a change of [catalog] in groundline.toml: `groundline lock`, which measures all schemas anew"
            }
            Kind::CommentUp | Kind::CommentDown | Kind::DownAdded | Kind::Unlocked | Kind::SchemaFile => {
                "run `groundline lock`, and commit what it writes"
            }
            Kind::UnsteadySchema => {
                "look for the time or the date in it (`'now'`, a partition named by today)"
            }
            Kind::RepeatableEdited => return None,
        })
    }
}
