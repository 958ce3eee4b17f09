//! The schemas that something yields on an empty shadow database: revisions of a history, a dump, files of SQL.
//! Out: which of them, and what is compared (`cli`); the database itself is dropped again.
//! Called by the commands `diff`, `drift` and `identify`.

use crate::dialect::{self, Dialect};
use crate::introspect::{self, Excluded};
use crate::restore::{self, Options};
use crate::server::{Database, Server};
use crate::stage::{Play, Stage};
use groundline_catalog::Snapshot;
use groundline_core::{Fault, Result};
use groundline_migrate::history::Revision;
use std::path::PathBuf;

/// The schema that some revisions of a history yield, one after the other; that before the first for none.
///
/// # Errors
/// What stops a revision, with its place.
pub async fn of_revisions(
    play: &Play<'_>,
    revisions: &[Revision],
    done: &dyn Fn(&Revision),
) -> Result<Snapshot> {
    let mut stage = Stage::open(play, "replay").await?;
    if let Err((_, fault)) = stage.upgrade(revisions, done).await {
        stage.assert_alive().await?;
        return Err(fault);
    }
    let schema = stage.read().await?;
    stage.close().await?;
    Ok(schema)
}

/// What dumps or files of SQL yield.
pub struct OfFiles {
    /// The schema.
    pub schema: Snapshot,
    /// The versions that the history table records, where one was asked for and is there.
    pub recorded: Option<Vec<String>>,
    /// What a person should know of the restore.
    pub notes: Vec<Fault>,
}

/// What dumps or files of SQL yield, restored one after the other; `dialect` is whose history table is read.
///
/// # Errors
/// As [`restore::restore`].
pub async fn of_files(
    server: &Server,
    files: &[PathBuf],
    excluded: &Excluded,
    dialect: Option<&dyn Dialect>,
) -> Result<OfFiles> {
    let roles_before = server.roles().await?;
    let database = server.create_database("files").await?;
    let restored = restored(server, &database, files, excluded, dialect).await;
    server.drop_database(database).await?;
    server.drop_other_roles(&roles_before).await?;
    restored
}

async fn restored(
    server: &Server,
    database: &Database,
    files: &[PathBuf],
    excluded: &Excluded,
    dialect: Option<&dyn Dialect>,
) -> Result<OfFiles> {
    let client = database.connect().await?;
    let options = Options { create_roles: server.is_ours() };
    let mut notes = Vec::new();
    for file in files {
        let done = restore::restore(&client, &|program| server.program(program), file, options).await;
        if done.is_err() {
            server.assert_alive().await?;
        }
        notes.extend(done?.notes);
    }
    let schema = introspect::read(&client, excluded).await?;
    let recorded = match dialect {
        Some(dialect) => dialect::recorded(&client, dialect).await?,
        None => None,
    };
    client.close().await;
    Ok(OfFiles { schema, recorded, notes })
}
