//! A physical backup: the data folder of the whole server, by `pg_basebackup`, and unpacking it for a server of one's own.
//! Out: trying it (`verify`). Sources: PostgreSQL manual, 26.3.2 "Making a Base Backup"; the reference of pg_basebackup.

use super::folder;
use super::make::{Contents, Progress, Wanted, large_objects, watched};
use super::record::{Kept, PHYSICAL};
use crate::client::{Client, OrFault as _};
use crate::proof::{self, TableSum};
use crate::server::{Database, copy_data};
use groundline_core::{Fault, Place, Result};
use std::fs;
use std::path::Path;
use tokio::process::Command;

/// What is written while the files are copied is in the backup, and belongs to no snapshot.
const LARGE_OBJECTS: &str = "large objects";

/// The first superuser, which keeps its number under any name; tablespaces elsewhere; the bytes that the role may count.
const SERVER: &str = "SELECT (SELECT rolname::text FROM pg_catalog.pg_roles WHERE oid = 10),
    ARRAY(SELECT spcname::text FROM pg_catalog.pg_tablespace WHERE spcname NOT IN ('pg_default', 'pg_global') ORDER BY 1),
    (SELECT coalesce(sum(CASE WHEN pg_catalog.has_database_privilege(oid, 'CONNECT')
        THEN pg_catalog.pg_database_size(oid) END), 0)::bigint FROM pg_catalog.pg_database)";

/// Copies the server's data folder into a backup's. Returns the first superuser, and what can be compared: of the tables, those
/// that had the same rows before and after. A sequence runs ahead after a recovery (by what it logs in advance), so none is kept.
///
/// # Errors
/// The role may not replicate, the server has tablespaces elsewhere, or the disk is full.
pub(super) async fn copied(
    client: &Client,
    program: &Path,
    wanted: &Wanted<'_>,
    (partial, progress): (&Path, &dyn Progress),
) -> Result<(String, Contents)> {
    let server = client.query_one(SERVER, &[]).await.fault()?;
    let (superuser, elsewhere): (String, Vec<String>) = (server.get(0), server.get(1));
    if !elsewhere.is_empty() {
        return Err(Fault::new("a server with tablespaces outside its data folder can't be copied here")
            .why(format!("tablespaces: {}", elsewhere.join(", ")))
            .next("dump the database, or let your own system make the backup: [backup] hook"));
    }
    let before = seen(client).await?;
    copy(program, wanted, &partial.join(PHYSICAL), (server.get::<_, i64>(2) as u64, progress)).await?;
    let after = seen(client).await?;
    let (same, other): (Vec<TableSum>, Vec<TableSum>) =
        before.0.into_iter().partition(|table| after.0.contains(table));
    let mut written: Vec<String> = other.into_iter().map(|table| table.table).collect();
    if before.1 != after.1 {
        written.push(LARGE_OBJECTS.to_owned());
    }
    Ok((superuser, Contents { tables: same, sequences: Vec::new(), large_objects: after.1, written }))
}

/// Tables and large objects, in a snapshot of their own.
async fn seen(client: &Client) -> Result<(Vec<TableSum>, i64)> {
    proof::freeze(client).await?;
    let seen = async { Ok::<_, Fault>((proof::sums(client).await?, large_objects(client).await?)) }.await;
    proof::release(client).await?;
    seen
}

/// Runs `pg_basebackup`, with the log that the copy needs, from a checkpoint that is asked for at once.
async fn copy(
    program: &Path,
    wanted: &Wanted<'_>,
    folder: &Path,
    (size, progress): (u64, &dyn Progress),
) -> Result<()> {
    let mut command = Command::new(program);
    command.args(["--format=plain", "--wal-method=stream", "--checkpoint=fast", "--no-password"]);
    command.args(["--manifest-checksums=SHA256", "--label=groundline backup", "--pgdata"]).arg(folder);
    command.kill_on_drop(true);
    Database::at(wanted.url)?.lead(&mut command);
    command.env("PGAPPNAME", "groundline backup").env("LC_ALL", "C");
    match watched(command, program, folder, (size, progress)).await? {
        None => Ok(()),
        Some(said) => Err(Fault::new("pg_basebackup could not copy the server")
            .why(said)
            .next("the role needs REPLICATION and a line `replication` in pg_hba.conf, and a way to the server without a pooler")),
    }
}

/// Whether large objects were written while it was made.
pub(super) fn has_other_large_objects(written: &[String]) -> bool {
    written.iter().any(|what| what == LARGE_OBJECTS)
}

/// Unpacks the data folder of a physical backup to a new folder, for a server that somebody starts on it.
///
/// # Errors
/// It is none, its files are not those that were written, or the folder is there and not empty: nothing is left half-done.
pub fn unpack(kept: &Kept, to: &Path) -> Result<()> {
    if !kept.is_physical() {
        return Err(Fault::new("a dump is restored to a database, not to a folder").next("--to URL"));
    }
    let is_free = fs::read_dir(to).map_or(!to.exists(), |mut entries| entries.next().is_none());
    if !is_free {
        return Err(Fault::new("the folder is not empty, and a restore writes over nothing")
            .at(Place::file(to))
            .next("name one that is not there"));
    }
    folder::assert_whole(kept)?;
    let parent = to.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let io = |error: std::io::Error| Fault::io("unpack the backup", to, &error);
    let partial = tempfile::Builder::new().prefix(".restoring-").tempdir_in(parent).map_err(io)?;
    let data = partial.path().join(PHYSICAL);
    copy_data(&kept.files(), &data)?;
    fs::rename(&data, to).map_err(io)
}
