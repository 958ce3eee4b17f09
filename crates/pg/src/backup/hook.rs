//! A backup by the team's own system: a command that must succeed, and what it said.
//! Out: what the command does. Such a backup can't be tried here: `verify` is the team's own command, too.

use super::folder::{self, PARTIAL, RECORD};
use super::make::{self, Wanted};
use super::record::Method;
use crate::client;
use crate::introspect;
use crate::server::Database;
use groundline_core::{Fault, Result, scrub};
use std::path::PathBuf;
use std::process::{Output, Stdio};
use std::time::Instant;
use tokio::process::Command;

/// Runs the command and keeps its record. The command finds the database in libpq's variables and in `DATABASE_URL`.
///
/// # Errors
/// It ended with another status than 0, or said nothing: then nobody knows which backup it made.
pub async fn run_hook(command: &str, wanted: &Wanted<'_>, (at, started): (&str, &str)) -> Result<PathBuf> {
    let began = Instant::now();
    let client = client::connect(wanted.url).await?;
    let place = crate::meeting::whereabouts(&client).await?;
    let id = format!("{at}-{}", place.database.replace(['/', '\0'], "_"));
    let mut backup = make::describe(&client, wanted, &id, started).await?;
    backup.fingerprint = introspect::read(&client, &wanted.excluded).await?.fingerprint().schema;
    let output = run(command, wanted.url).await?;
    let said = String::from_utf8_lossy(&output.stdout);
    let said = said.lines().rev().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    let failed = |why: String| {
        Fault::new("the team's own backup did not succeed")
            .why(format!("`{command}` {why}"))
            .next("nothing else was done")
    };
    if !output.status.success() {
        let why = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        return Err(failed(format!("ended with {}: {why}", output.status)));
    }
    if said.is_empty() {
        return Err(failed("said nothing; its last line must name the backup".to_owned()));
    }
    backup.method = Method::Hook { command: scrub(command), said: scrub(said) };
    backup.milliseconds = began.elapsed().as_millis() as u64;
    let (done, partial) = (wanted.folder.join(&id), wanted.folder.join(format!("{id}{PARTIAL}")));
    let io = |error: std::io::Error| Fault::io("keep the backup's record", &done, &error);
    std::fs::create_dir_all(wanted.folder).and_then(|()| std::fs::create_dir(&partial)).map_err(io)?;
    folder::write(&partial, RECORD, &backup)?;
    std::fs::rename(&partial, &done).map_err(io)?;
    Ok(done)
}

/// Runs a command of the team's with the database in its environment.
pub(super) async fn run(command: &str, url: &str) -> Result<Output> {
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(command).stdin(Stdio::null()).kill_on_drop(true);
    Database::at(url)?.lead(&mut shell);
    shell
        .output()
        .await
        .map_err(|error| Fault::new(format!("could not run `{command}`")).why(error.to_string()))
}
