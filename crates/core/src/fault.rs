//! What went wrong, for the person who must act: what, where, why, what to do next.
//! Out: how it is drawn on a terminal, and which exit code it leads to.
//! Every crate returns it.

use crate::{LineIndex, Position, scrub};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::path::PathBuf;

/// A result with a fault.
pub type Result<T, E = Fault> = std::result::Result<T, E>;

/// Where something is: a file (with a position if known) or a database object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// A file, and the position in it.
    File {
        /// Path as the person gave it, or relative to the project.
        path: PathBuf,
        /// Line and column, where known.
        position: Option<Position>,
    },
    /// A database object, as PostgreSQL would name it: `table public.orders`.
    Object(String),
}

impl Place {
    /// A whole file.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Place::File { path: path.into(), position: None }
    }

    /// A byte offset in a file whose text is at hand.
    pub fn offset(path: impl Into<PathBuf>, text: &str, offset: usize) -> Self {
        Place::File { path: path.into(), position: Some(LineIndex::new(text).position(offset)) }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::File { path, position: None } => write!(f, "{}", path.display()),
            Place::File { path, position: Some(Position { line, column }) } => {
                write!(f, "{}:{line}:{column}", path.display())
            }
            Place::Object(object) => f.write_str(object),
        }
    }
}

/// Something that went wrong. Texts are scrubbed of secrets as they come in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[error("{what}")]
pub struct Fault {
    /// What went wrong, one sentence without a full stop, starting in lower case.
    pub what: String,
    /// Where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// Why, as far as known: the server's message, the rule that was broken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// What the person can do next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// PostgreSQL's SQLSTATE, where the server said it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sqlstate: Option<String>,
}

impl Fault {
    /// A fault that says what went wrong.
    pub fn new(what: impl AsRef<str>) -> Self {
        Self { what: scrub(what.as_ref()), place: None, why: None, next: None, sqlstate: None }
    }

    /// With the place.
    pub fn at(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }

    /// With the reason.
    pub fn why(mut self, why: impl AsRef<str>) -> Self {
        self.why = Some(scrub(why.as_ref()));
        self
    }

    /// With what to do next.
    pub fn next(mut self, next: impl AsRef<str>) -> Self {
        self.next = Some(scrub(next.as_ref()));
        self
    }

    /// With the server's SQLSTATE.
    pub fn sqlstate(mut self, code: impl Into<String>) -> Self {
        self.sqlstate = Some(code.into());
        self
    }

    /// A file or folder that could not be read or written.
    pub fn io(doing: &str, path: impl Into<PathBuf>, error: &std::io::Error) -> Self {
        Fault::new(format!("could not {doing}")).at(Place::file(path)).why(error.to_string())
    }
}
