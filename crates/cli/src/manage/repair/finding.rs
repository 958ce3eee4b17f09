//! The registry of what can be wrong with a database's history, and one finding with the actions that settle it.
//! Out: looking for them (`diagnose`), doing something (`settle`).
//! Called by the command `repair`.

use groundline_core::Fault;
use serde::Serialize;

macro_rules! kinds {
    ($($variant:ident $word:literal $what:literal,)*) => {
        /// What is wrong. Order is the order of reports.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
        pub enum Kind { $(#[doc = $what] #[serde(rename = $word)] $variant,)* }

        impl Kind {
            /// What is so; `{}` stands for what it is about.
            fn what(self) -> &'static str {
                match self { $(Kind::$variant => $what,)* }
            }
        }
    };
}

kinds! {
    Unfinished "unfinished" "a run of {} ended before its end",
    Dirty "dirty" "the history table says that {} failed half-way",
    InvalidIndex "invalid-index" "index {} is INVALID: it slows writes and serves no query",
    LineEnds "line-ends" "the file of {} is written with other line ends than when it was applied",
    CommentEdited "comment-edited" "comments or white space of {} were edited after it was applied",
    Edited "edited" "the file of {} was edited after it was applied",
    Unknown "unknown" "the history table has {}, and the folder has not",
    Skipped "skipped" "{} is not applied, and a later revision is",
    OtherSchema "other-schema" "the schema is not the one that is locked for {}",
}

/// One finding.
#[derive(Clone, Debug, Serialize)]
pub struct Finding {
    pub kind: Kind,
    /// The revision or the object that it is about.
    pub subject: String,
    /// How it is known, and what it means.
    pub why: String,
    /// What settles it: commands and SQL, as they are to be typed; the first is the one that fits.
    pub actions: Vec<String>,
}

impl Finding {
    /// A finding.
    pub fn new(kind: Kind, subject: impl Into<String>, why: impl Into<String>, actions: Vec<String>) -> Self {
        Self { kind, subject: subject.into(), why: why.into(), actions }
    }

    /// For people.
    pub fn fault(&self) -> Fault {
        let what = self.kind.what().replace("{}", &self.subject);
        Fault::new(what).why(&self.why).next(self.actions.join("\nor: "))
    }
}
