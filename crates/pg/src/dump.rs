//! A dump of a running database, by the `pg_dump` of the shadow server's installation.
//! Out: restoring it (`restore`).
//! Called by the command `check` for `--snapshot-url`, and by `trace` on a live database.

use crate::server::{Database, Server};
use groundline_core::{Fault, Result};
use std::path::Path;
use std::process::Stdio;
use tokio::process::Command;

/// Milliseconds that `pg_dump` waits for its ACCESS SHARE locks.
const LOCK_WAIT: &str = "2000";

/// What is dumped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// Schema and rows.
    Everything,
    /// The schema alone.
    Schema,
}

/// Dumps the database at `url` to a file in `pg_dump`'s custom format. It takes ACCESS SHARE on every table
/// while it reads, as any SELECT does. The password travels in the environment, where `ps` does not show it.
pub async fn dump(server: &Server, url: &str, file: &Path, of: Of) -> Result<()> {
    let program = server.program("pg_dump").ok_or_else(|| {
        Fault::new("there is no pg_dump beside the shadow server")
            .why("this PostgreSQL came without its client programs")
            .next("give a dump with --snapshot FILE, or install PostgreSQL's client programs")
    })?;
    let database = Database::at(url).map_err(|fault| Fault {
        what: format!("the snapshot URL is not usable: {}", fault.what),
        ..fault
    })?;
    let mut command = Command::new(program);
    command.args(["--format=custom", "--no-password"]).arg(format!("--lock-wait-timeout={LOCK_WAIT}"));
    if of == Of::Schema {
        command.arg("--schema-only");
    }
    command.arg("--file").arg(file).kill_on_drop(true);
    database.lead(&mut command);
    command.env("PGAPPNAME", "groundline");
    let ended = command.stdin(Stdio::null()).output().await;
    let output = ended.map_err(|error| Fault::new("pg_dump could not be started").why(error.to_string()))?;
    match output.status.success() {
        true => Ok(()),
        false => Err(Fault::new("pg_dump could not read the database at the snapshot URL")
            .why(String::from_utf8_lossy(&output.stderr).trim())),
    }
}
