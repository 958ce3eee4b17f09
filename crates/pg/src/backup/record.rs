//! What is kept of a backup, beside it.
//! Out: where it lies (`folder`), making it (`make`, `hook`).

use super::rehearsal::Rehearsal;
use crate::meeting::Whereabouts;
use crate::proof::TableSum;
use groundline_core::{Digest, Fault};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Folders of the files, in a backup's own.
pub(super) const DUMP: &str = "dump";
pub(super) const PHYSICAL: &str = "base";

/// The version of the record. A reader refuses any other.
pub const BACKUP_VERSION: u32 = 1;

/// A backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Backup {
    /// [`BACKUP_VERSION`] at the time of writing.
    pub backup_version: u32,
    /// Its id, which is its folder's name.
    pub id: String,
    /// The project whose migrations the database has.
    pub project: String,
    /// The database's name.
    pub database: String,
    /// The cluster's system identifier, where the role could read it.
    pub system: Option<String>,
    /// The server's version.
    pub server: String,
    /// The server's major.
    pub major: u16,
    /// Encoding and locale, for making a database like it.
    pub encoding: String,
    /// `lc_collate` and `lc_ctype`.
    pub locale: [String; 2],
    /// How it was made.
    pub method: Method,
    /// When it began, RFC 3339 in UTC.
    pub started: String,
    /// How long it took, in milliseconds.
    pub milliseconds: u64,
    /// Where the log stood when its snapshot was taken.
    pub lsn: String,
    /// The fingerprint of the schema.
    pub fingerprint: Digest,
    /// The newest applied revision; "" before the first or without a history.
    pub revision: String,
    /// Bytes of its files; 0 where another system has them.
    pub bytes: u64,
    /// SHA-256 over the lines of SHA256SUMS.
    pub files: Digest,
    /// The rows of each table.
    pub tables: Vec<TableSum>,
    /// The last value of each sequence that has one.
    pub sequences: Vec<(String, i64)>,
    /// How many large objects there were.
    pub large_objects: i64,
    /// What was written while a physical backup was made, which has no one snapshot: tables, and "large objects". They are in it,
    /// as they were at its end, and can't be compared.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub written: Vec<String>,
}

/// What Groundline makes itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// One database, as `pg_dump` writes it.
    #[default]
    Dump,
    /// The data folder of the whole server, as `pg_basebackup` copies it.
    Physical,
}

/// How a backup was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// `pg_dump` in the directory format, with so many jobs.
    Dump {
        /// Jobs.
        jobs: u16,
    },
    /// `pg_basebackup`: the data folder of the whole server.
    Physical {
        /// The role that `initdb` made, which every server has.
        superuser: String,
    },
    /// A command of the team's, and what it said last.
    Hook {
        /// The command.
        command: String,
        /// The last line of its output.
        said: String,
    },
}

impl Method {
    /// In words.
    pub fn words(&self) -> String {
        match self {
            Method::Dump { jobs } => format!("pg_dump, {jobs} at a time"),
            Method::Physical { .. } => "pg_basebackup, the whole server".to_owned(),
            Method::Hook { command, said } => format!("`{command}`: {said}"),
        }
    }
}

/// What a trial restore found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verified {
    /// When, RFC 3339 in UTC.
    pub at: String,
    /// The version of the server that it was restored on.
    pub server: String,
    /// How long the restore took, in milliseconds.
    pub restore_milliseconds: u64,
    /// Rows that were compared.
    pub rows: u64,
    /// What was different; nothing where it is verified.
    pub faults: Vec<Fault>,
}

impl Verified {
    /// Whether it is.
    pub fn is_good(&self) -> bool {
        self.faults.is_empty()
    }
}

/// A backup in its folder.
#[derive(Clone, Debug)]
pub struct Kept {
    /// The folder.
    pub folder: PathBuf,
    /// Its record.
    pub backup: Backup,
    /// The last trial restore, where there was one.
    pub verified: Option<Verified>,
    /// The last rehearsal on it, where there was one.
    pub rehearsal: Option<Rehearsal>,
}

impl Kept {
    /// Whether it is of the database that a session is in: by its name and its cluster, where that is known.
    pub fn is_of(&self, place: &Whereabouts) -> bool {
        let other = self.backup.system.as_ref().zip(place.system.as_ref()).is_some_and(|(a, b)| a != b);
        self.backup.database == place.database && !other
    }

    /// Where the files are: of the dump, or of the data folder.
    pub fn files(&self) -> PathBuf {
        self.folder.join(match self.backup.method {
            Method::Physical { .. } => PHYSICAL,
            Method::Dump { .. } | Method::Hook { .. } => DUMP,
        })
    }

    /// Whether it is the data folder of a whole server, and not one database.
    pub fn is_physical(&self) -> bool {
        matches!(self.backup.method, Method::Physical { .. })
    }
}
