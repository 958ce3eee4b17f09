//! A backup on a shadow: a database that a dump was restored to, or a server that was started on a copy of a data folder.
//! Out: what is looked for there (`verify`), or done (`rehearse`).

use super::folder;
use super::record::{Kept, Method};
use crate::restore::{self, Options};
use crate::server::{Database, Server};
use groundline_core::{Fault, Place, Result};
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Instant;
use tokio::process::Command;

/// A backup that stands on a shadow. [`Trial::end`] removes it.
pub struct Trial {
    /// The database.
    pub database: Database,
    /// How long it took until it stood, in milliseconds.
    pub milliseconds: u64,
    /// The server of its own that a data folder needs.
    copy: Option<Server>,
}

impl Trial {
    /// Makes a backup stand on a shadow server, or says what is wrong with the backup.
    ///
    /// # Errors
    /// The shadow can't be used, or the backup is one of another system.
    pub async fn stand(server: &Server, kept: &Kept) -> Result<Result<Self>> {
        if let Method::Hook { command, .. } = &kept.backup.method {
            return Err(Fault::new("a backup of another system can't be tried here")
                .at(Place::file(&kept.folder))
                .why(format!("it was made by `{command}`"))
                .next("restore it with that system, and compare: groundline diff"));
        }
        if let Err(fault) = folder::assert_whole(kept) {
            return Ok(Err(fault));
        }
        match &kept.backup.method {
            Method::Physical { superuser } => started(server, kept, superuser).await,
            _ => restored(server, kept).await,
        }
    }

    /// Removes it.
    ///
    /// # Errors
    /// The shadow's.
    pub async fn end(self, server: &Server) -> Result<()> {
        match self.copy {
            Some(copy) => copy.stop().await,
            None => server.drop_database(self.database).await,
        }
    }
}

/// A dump, restored to a database of the shadow.
async fn restored(server: &Server, kept: &Kept) -> Result<Result<Trial>> {
    let database = server.create_database("backup").await?;
    let client = database.connect().await?;
    let began = Instant::now();
    let programs = |name: &str| server.program(name);
    let options = Options { create_roles: server.is_ours() };
    let restored = restore::restore(&client, &programs, &kept.files(), options).await;
    let milliseconds = began.elapsed().as_millis() as u64;
    client.close().await;
    match restored {
        Ok(_) => Ok(Ok(Trial { database, milliseconds, copy: None })),
        Err(fault) => server.drop_database(database).await.map(|()| Err(fault)),
    }
}

/// A data folder, checked by its manifest, with a server started on a copy of it, which recovers to the backup's end.
async fn started(server: &Server, kept: &Kept, superuser: &str) -> Result<Result<Trial>> {
    if let Some(program) = server.program("pg_verifybackup")
        && let Some(why) = other_than_its_manifest(program, kept).await?
    {
        return Ok(Err(Fault::new("the copy is not what its manifest says").why(why)));
    }
    let (began, name) = (Instant::now(), &kept.backup.database);
    let copy = match server.start_on_copy(&kept.files(), superuser, name).await {
        Ok(copy) => copy,
        Err(fault) => return Ok(Err(fault)),
    };
    let milliseconds = began.elapsed().as_millis() as u64;
    let database = copy.database(name).ok_or_else(|| Fault::new("the copy's server is not ours"))?;
    Ok(Ok(Trial { database, milliseconds, copy: Some(copy) }))
}

async fn other_than_its_manifest(program: PathBuf, kept: &Kept) -> Result<Option<String>> {
    let mut command = Command::new(&program);
    command.arg("--quiet").arg(kept.files()).env("LC_ALL", "C").stdin(Stdio::null()).kill_on_drop(true);
    let output = command.output().await;
    let output = output.map_err(|error| Fault::io("start pg_verifybackup", &program, &error))?;
    let why = || String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Ok((!output.status.success()).then(why))
}
