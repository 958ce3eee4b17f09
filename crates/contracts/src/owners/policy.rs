//! The startup policy: what may change the schema when the application starts, and what becomes of each owner under it.
//! Out: finding owners (`mod`), and proving at run time that a start changes nothing (the smoke of `check`).

use super::{Owner, When};
use groundline_core::Fault;
use serde::{Deserialize, Deserializer, Serialize, de};
use std::path::{Path, PathBuf};

/// Who may change the schema outside migrations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Policy {
    /// Nobody.
    MigrationOnly,
    /// The application may create what is missing when it starts, as long as that changes nothing at head. What is taken
    /// where nothing is said.
    #[default]
    CreateAllTolerated,
    /// The same, only in development: production's start is the one that `[app]` describes.
    DevOnly,
}

impl Policy {
    /// As configuration writes it.
    pub fn word(self) -> &'static str {
        match self {
            Policy::MigrationOnly => "migration-only",
            Policy::CreateAllTolerated => "create-all-tolerated",
            Policy::DevOnly => "dev-only",
        }
    }
}

/// `[startup]` of the configuration.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Startup {
    /// The policy; nothing where the team has not decided.
    pub policy: Option<Policy>,
    /// Places that may change a schema all the same.
    pub allow: Vec<Allowed>,
}

/// A file or folder that may change a schema.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Allowed {
    /// Below the project's folder.
    pub path: PathBuf,
    /// Why.
    #[serde(deserialize_with = "not_blank")]
    pub reason: String,
}

fn not_blank<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    match text.trim().is_empty() {
        true => Err(de::Error::custom("a path that may change the schema needs a reason")),
        false => Ok(text),
    }
}

/// What becomes of an owner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "ruling", content = "reason")]
pub enum Ruled {
    /// It breaks the policy.
    Refused,
    /// It is told, and stands.
    Told,
    /// Configuration allows it, for this reason.
    Allowed(String),
    /// Only tests do it.
    Test,
}

impl Startup {
    /// What becomes of an owner.
    pub fn rule(&self, owner: &Owner) -> Ruled {
        if owner.is_test {
            return Ruled::Test;
        }
        let allowed = self.allow.iter().find(|allowed| owner.file.starts_with(&allowed.path));
        match (allowed, self.policy.unwrap_or_default(), owner.when) {
            (Some(allowed), ..) => Ruled::Allowed(allowed.reason.clone()),
            (None, Policy::MigrationOnly, When::Startup | When::Statement) => Ruled::Refused,
            // Whatever the policy: it deletes.
            (None, _, When::Drop) => Ruled::Refused,
            (None, ..) => Ruled::Told,
        }
    }

    /// An owner as a person reads it.
    pub fn fault(&self, owner: &Owner, project: &Path) -> Fault {
        let pattern = owner.pattern();
        let who = match pattern.when {
            When::Migrations => format!("{} runs migrations", pattern.framework),
            _ => format!("{} changes the schema outside migrations", pattern.framework),
        };
        Fault::new(format!("{who}: {}", pattern.what))
            .at(owner.place(project))
            .why(&owner.line)
            .next(pattern.next)
    }
}
