//! What a team asks of its revisions, beside what hurts everybody: `[policy]` of the configuration.
//! Out: the rules that ask (`rules`, P). Called by judging.

use groundline_core::LockMode;
use regex::Regex;
use serde::{Deserialize, Deserializer, de};

/// What a team asks for. Nothing of it, by default.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Policies {
    /// What destroys or breaks is for a release of its own: it needs a comment that allows it.
    pub additive_first: bool,
    /// Every revision has a down, or says why there is none.
    pub required_down: bool,
    /// What names look like.
    pub names: Names,
    /// The extensions that may be created; any, without it.
    pub extensions: Option<Vec<String>>,
    /// The schemas that things may be made in; any, without it.
    pub schemas: Option<Vec<String>>,
    /// Types that no new column may have.
    pub forbidden_types: Vec<String>,
    /// A new table has a comment.
    pub table_comment: bool,
    /// The strongest lock that a statement may take on a relation that is in use.
    #[serde(deserialize_with = "lock")]
    pub max_lock: Option<LockMode>,
    /// A new column of a table that is there is nullable, or has a default.
    pub nullable_first: bool,
}

/// What names look like, as regular expressions; anything, without one.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Names {
    /// Of tables.
    #[serde(deserialize_with = "pattern")]
    pub table: Option<Regex>,
    /// Of columns.
    #[serde(deserialize_with = "pattern")]
    pub column: Option<Regex>,
    /// Of indexes.
    #[serde(deserialize_with = "pattern")]
    pub index: Option<Regex>,
    /// Of constraints.
    #[serde(deserialize_with = "pattern")]
    pub constraint: Option<Regex>,
}

fn pattern<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Regex>, D::Error> {
    let text = String::deserialize(deserializer)?;
    // All of a name, as a person means it.
    Regex::new(&format!("^(?:{text})$")).map(Some).map_err(de::Error::custom)
}

fn lock<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<LockMode>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let unknown =
        || de::Error::custom(format!("{text:?} is no lock mode: SHARE ROW EXCLUSIVE, ACCESS EXCLUSIVE …"));
    LockMode::read(&text.to_uppercase()).map(Some).ok_or_else(unknown)
}
