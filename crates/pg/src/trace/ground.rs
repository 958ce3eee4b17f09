//! The database that scripts are traced on: a schema on a shadow, and a copy of it for each script.
//! Out: tracing (the module above), restoring (`restore`). Called by the command `trace`.

use crate::dump;
use crate::restore::{self, Options};
use crate::server::{Database, Server};
use crate::stage::{Play, Stage};
use groundline_core::{Fault, Result};
use groundline_migrate::history::Revision;
use std::path::{Path, PathBuf};

/// A schema on a shadow.
pub struct Ground<'s> {
    server: &'s Server,
    database: Database,
    roles_before: Vec<String>,
    /// What a person should know of the restore.
    pub notes: Vec<Fault>,
}

impl<'s> Ground<'s> {
    /// What dumps or files of SQL yield; none: an empty database.
    ///
    /// # Errors
    /// As [`restore::restore`].
    pub async fn of_files(server: &'s Server, files: &[PathBuf]) -> Result<Self> {
        let roles_before = server.roles().await?;
        let database = server.create_database("trace").await?;
        let client = database.connect().await?;
        let mut notes = Vec::new();
        for file in files {
            let program = |name: &str| server.program(name);
            let options = Options { create_roles: server.is_ours() };
            notes.extend(restore::restore(&client, &program, file, options).await?.notes);
        }
        client.close().await;
        Ok(Self { server, database, roles_before, notes })
    }

    /// The schema of a live database, dumped to a file in a folder. No row is read: locks, rewrites and scans do not depend
    /// on them.
    ///
    /// # Errors
    /// It can't be dumped or restored.
    pub async fn of_live(server: &'s Server, url: &str, folder: &Path) -> Result<Self> {
        let file = folder.join("traced.dump");
        dump::dump(server, url, &file, dump::Of::Schema).await?;
        Self::of_files(server, &[file]).await
    }

    /// What some revisions of a history yield.
    ///
    /// # Errors
    /// What stops a revision, with its place.
    pub async fn of_revisions(server: &'s Server, play: &Play<'_>, revisions: &[Revision]) -> Result<Self> {
        let roles_before = server.roles().await?;
        let stage = Stage::open(play, "trace").await?;
        stage.upgrade(revisions, &|_| ()).await.map_err(|(_, fault)| fault)?;
        let database = stage.leave().await;
        Ok(Self { server, database, roles_before, notes: Vec::new() })
    }

    /// A copy, for one script.
    ///
    /// # Errors
    /// The server can't make it.
    pub async fn copy(&self) -> Result<Database> {
        self.server.copy_database(&self.database, "trace_copy").await
    }

    /// Drops a copy.
    ///
    /// # Errors
    /// The server can't drop it.
    pub async fn drop_copy(&self, copy: Database) -> Result<()> {
        self.server.drop_database(copy).await
    }

    /// The database itself, for scripts that follow each other.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// Drops it.
    ///
    /// # Errors
    /// The server can't drop it.
    pub async fn remove(self) -> Result<()> {
        self.server.drop_database(self.database).await?;
        self.server.drop_other_roles(&self.roles_before).await
    }
}
