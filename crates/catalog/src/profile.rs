//! Profiles: which properties of which kinds count in a snapshot.
//! Out: which objects are left out (the reader's work).
//! Called by the reader of catalogs.

use crate::ObjectKind;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// What counts when two databases are compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Profile {
    /// What makes the schema: honest environments of the same history are equal in it. Left out are owners,
    /// tablespaces, the database itself and its settings, how roles log in to foreign servers, the version and
    /// comment of extensions, which come with the package, the version of the library that a collation sorts by, and
    /// what hosting platforms make for themselves (see [`crate::PLATFORMS`]).
    #[default]
    Schema,
    /// Everything that is read.
    Full,
}

impl Profile {
    /// All profiles.
    pub const ALL: [Profile; 2] = [Profile::Schema, Profile::Full];

    /// The word for it, as in JSON and in the configuration.
    pub fn word(self) -> &'static str {
        match self {
            Profile::Schema => "schema",
            Profile::Full => "full",
        }
    }

    /// Whether a kind of object counts.
    pub fn includes(self, kind: ObjectKind) -> bool {
        self == Profile::Full || kind != ObjectKind::Setting
    }

    /// Whether a property counts.
    pub fn counts(self, kind: ObjectKind, property: &str) -> bool {
        let of_environment = match property {
            "owner" | "tablespace" => true,
            "version" | "comment" => kind == ObjectKind::Extension,
            "library version" => kind == ObjectKind::Collation,
            // The server shows them to the mapping's user only.
            "options" => kind == ObjectKind::UserMapping,
            _ => false,
        };
        self == Profile::Full || !of_environment
    }
}

impl FromStr for Profile {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let known = Profile::ALL.into_iter().find(|profile| profile.word() == text);
        let words = || Profile::ALL.map(Profile::word).join(", ");
        known.ok_or_else(|| format!("{text:?} is no profile; there are {}", words()))
    }
}
