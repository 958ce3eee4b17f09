//! Restores a snapshot into an empty database: plain SQL, gzip of it, `pg_dump -Fc`, `-Fd`, `-Ft`.
//! In: recognising the format, streaming it, missing roles, settings of newer servers, truncated files.
//! Out: where the database comes from (`server`), and which revision it is.
//! Called by onboarding and by whoever compares with a dump.
//!
//! Dumps are run by Groundline and not by `psql`: faults name the line, missing roles are made and retried, and
//! a machine without client programs can restore plain SQL. Memory stays bounded by the longest statement and
//! the longest row, whatever the size of the dump.
//!
//! Owners and privileges are kept, since they are a part of the schema. What belongs to the cluster and not to
//! the database (roles with their attributes, tablespaces, settings of the database itself) is left out, with a
//! note. A dump that makes objects as their owners (`pg_dump --use-set-session-authorization`) needs the rights of
//! these owners on the server, as it does with `psql`: nothing is granted for it.

mod kind;
mod reader;
mod recover;
mod scan;
mod session;
mod source;

pub use kind::SnapshotKind;

use groundline_core::{Fault, Result};
use serde::{Deserialize, Serialize};
use source::Source;
use std::path::{Path, PathBuf};
use tokio_postgres::Client;

/// Pieces on their way from the reading thread to the server.
const AHEAD: usize = 16;

/// What a restore may do to the server.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Create roles that the snapshot names and the server does not have, without login. For a shadow server of
    /// ours; elsewhere a missing role is a fault.
    pub create_roles: bool,
}

/// What was restored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restored {
    /// What the snapshot is.
    pub kind: SnapshotKind,
    /// The server's version that the dump says it was taken from, as the dump spells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dumped_from: Option<String>,
    /// Statements that were run.
    pub statements: u64,
    /// Rows that came with COPY or INSERT.
    pub rows_copied: u64,
    /// Roles that were created for it, sorted.
    pub roles_created: Vec<String>,
    /// What was left out or done differently, one note a kind of thing.
    pub notes: Vec<Fault>,
}

/// Restores a snapshot into the database of `client`, which should be empty and is left half-filled by a fault.
/// `programs` finds a client program of PostgreSQL by name (`pg_restore`), for archives. Settings that the dump
/// makes for its session are undone: afterwards they are those of the connection's start.
///
/// # Errors
/// What the snapshot is, if it can't be restored; a truncated snapshot; the server's error, with file, line and
/// column of plain dumps; a missing extension, or a missing role where none may be created. The client stays
/// usable, unless the server refuses to begin a COPY (its table is missing): that closes the connection.
pub async fn restore(
    client: &Client,
    programs: &(dyn Fn(&str) -> Option<PathBuf> + Sync),
    file: &Path,
    options: Options,
) -> Result<Restored> {
    let kind = SnapshotKind::of(file)?;
    let source = Source::open(kind, file, programs("pg_restore"))?;
    let (sender, pieces) = tokio::sync::mpsc::channel(AHEAD);
    let path = file.to_owned();
    let reading = tokio::task::spawn_blocking(move || source.pump(&path, &sender));
    let session = session::Session::start(client, kind, file, options).await?;
    // When the session ends early, it drops the channel, and the reading ends.
    let ran = session.run(pieces).await;
    let read = reading.await.map_err(|error| {
        Fault::new("reading the snapshot was interrupted").at(session_place(file)).why(error.to_string())
    })?;
    // A file that breaks off explains a statement that fails at its end.
    read.and(ran)
}

fn session_place(file: &Path) -> groundline_core::Place {
    groundline_core::Place::file(file)
}
