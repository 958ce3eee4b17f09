//! Making a backup: the schema's fingerprint, the rows' sums and the dump, all of one snapshot.
//! Out: trying whether it restores (`verify`). The database is only read.

use super::folder::{self, DIGESTS, PARTIAL, RECORD};
use super::physical;
use super::record::{BACKUP_VERSION, Backup, DUMP, Form, Method};
use crate::client::{self, Client, OrFault as _};
use crate::introspect::{self, Excluded};
use crate::meeting::whereabouts;
use crate::proof::{self, TableSum};
use crate::server::{Database, Server};
use groundline_core::{Digest, Fault, Place, Result};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};
use tokio::process::Command;

/// Milliseconds that `pg_dump` waits for its ACCESS SHARE locks.
const LOCK_WAIT: &str = "2000";

/// How often progress is told.
const TICK: Duration = Duration::from_millis(300);

/// Who is told how far it is.
pub trait Progress {
    /// Bytes that are written, and the database's size, which the dump mostly stays below.
    fn written(&self, bytes: u64, of: u64);
}

/// What a backup is of, and how it is made.
pub struct Wanted<'a> {
    /// The database.
    pub url: &'a str,
    /// The project's name.
    pub project: &'a str,
    /// The newest applied revision, as far as it is known.
    pub revision: &'a str,
    /// Where backups lie.
    pub folder: &'a Path,
    /// Whether one database is dumped, or the whole server copied.
    pub form: Form,
    /// Tables that are dumped at once.
    pub jobs: u16,
    /// What does not count of the schema.
    pub excluded: Excluded,
}

/// Makes a backup with the `pg_dump`, or `pg_basebackup`, of a server's installation. `at` is now, as the id begins with: `20261201T200000.000Z`.
///
/// # Errors
/// The database can't be read, the schema changed meanwhile, or the disk is full; nothing that counts is left then.
pub async fn make(
    server: &Server,
    wanted: &Wanted<'_>,
    (at, started): (&str, &str),
    progress: &dyn Progress,
) -> Result<PathBuf> {
    let name = match wanted.form {
        Form::Dump => "pg_dump",
        Form::Physical => "pg_basebackup",
    };
    let program = server.program(name).ok_or_else(|| {
        Fault::new(format!("there is no {name} of this major"))
            .why("this PostgreSQL came without its client programs")
            .next(
                "install PostgreSQL's client programs, or let your own system make the backup: [backup] hook",
            )
    })?;
    let began = Instant::now();
    let client = client::connect(wanted.url).await?;
    let id = format!("{at}-{}", whereabouts(&client).await?.database.replace(['/', '\0'], "_"));
    let (done, partial) = (wanted.folder.join(&id), wanted.folder.join(format!("{id}{PARTIAL}")));
    std::fs::create_dir_all(wanted.folder)
        .and_then(|()| std::fs::create_dir(&partial))
        .map_err(|error| Fault::io("make the backup's folder", &partial, &error))?;
    let made = fill(&client, &program, wanted, (&partial, &id, started), (began, progress)).await;
    let moved = made.and_then(|()| {
        std::fs::rename(&partial, &done).map_err(|error| Fault::io("finish the backup", &done, &error))
    });
    if let Err(fault) = moved {
        // Nobody takes it for a backup; the first fault is the one to tell.
        let _ = std::fs::remove_dir_all(&partial);
        return Err(fault);
    }
    Ok(done)
}

async fn fill(
    client: &Client,
    program: &Path,
    wanted: &Wanted<'_>,
    (partial, id, started): (&Path, &str, &str),
    (began, progress): (Instant, &dyn Progress),
) -> Result<()> {
    let before = introspect::read(client, &wanted.excluded).await?.fingerprint();
    let mut backup = describe(client, wanted, id, started).await?;
    let contents = match wanted.form {
        Form::Dump => dumped(client, program, wanted, (partial, progress)).await?,
        Form::Physical => {
            let (superuser, contents) =
                physical::copied(client, program, wanted, (partial, progress)).await?;
            backup.method = Method::Physical { superuser };
            contents
        }
    };
    let after = introspect::read(client, &wanted.excluded).await?.fingerprint();
    if before != after {
        return Err(Fault::new("the schema changed while the backup was made").next("make it again"));
    }
    let (lines, bytes) = folder::digests(partial)?;
    let place = partial.join(DIGESTS);
    std::fs::write(&place, &lines).map_err(|error| Fault::io("write the digests", &place, &error))?;
    backup.fingerprint = before.schema;
    backup.milliseconds = began.elapsed().as_millis() as u64;
    (backup.files, backup.bytes) = (Digest::of(&lines), bytes);
    let Contents { tables, sequences, large_objects, written } = contents;
    (backup.tables, backup.sequences, backup.large_objects) = (tables, sequences, large_objects);
    backup.written = written;
    folder::write(partial, RECORD, &backup)
}

/// What a backup has, as far as it can be compared with what is restored.
pub(super) struct Contents {
    pub tables: Vec<TableSum>,
    pub sequences: Vec<(String, i64)>,
    pub large_objects: i64,
    pub written: Vec<String>,
}

/// The dump and the sums read the same snapshot, side by side.
async fn dumped(
    client: &Client,
    program: &Path,
    wanted: &Wanted<'_>,
    (partial, progress): (&Path, &dyn Progress),
) -> Result<Contents> {
    let snapshot = proof::freeze(client).await?;
    let size: i64 = client
        .query_one("SELECT pg_catalog.pg_database_size(pg_catalog.current_database())", &[])
        .await
        .fault()?
        .get(0);
    let folder = partial.join(DUMP);
    let dump = dump(program, wanted, &snapshot, &folder, (size as u64, progress));
    let rows =
        async { Ok((proof::sums(client).await?, sequences(client).await?, large_objects(client).await?)) };
    let ((), (tables, sequences, large_objects)) = tokio::try_join!(dump, rows)?;
    proof::release(client).await?;
    Ok(Contents { tables, sequences, large_objects, written: Vec::new() })
}

/// What there is to say of the database; the rest is filled in.
pub(super) async fn describe(
    client: &Client,
    wanted: &Wanted<'_>,
    id: &str,
    started: &str,
) -> Result<Backup> {
    let place = whereabouts(client).await?;
    let row = client
        .query_one(
            "SELECT pg_catalog.current_setting('server_version_num')::int / 10000,
                    pg_catalog.pg_encoding_to_char(encoding)::text, datcollate::text, datctype::text,
                    (CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_wal_replay_lsn()
                          ELSE pg_catalog.pg_current_wal_lsn() END)::text
             FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()",
            &[],
        )
        .await
        .fault()?;
    Ok(Backup {
        backup_version: BACKUP_VERSION,
        id: id.to_owned(),
        project: wanted.project.to_owned(),
        database: place.database,
        system: place.system,
        server: place.version,
        major: row.get::<_, i32>(0) as u16,
        encoding: row.get(1),
        locale: [row.get(2), row.get(3)],
        method: Method::Dump { jobs: wanted.jobs },
        started: started.to_owned(),
        milliseconds: 0,
        lsn: row.get(4),
        fingerprint: Digest::of(""),
        revision: wanted.revision.to_owned(),
        bytes: 0,
        files: Digest::of(""),
        tables: Vec::new(),
        sequences: Vec::new(),
        large_objects: 0,
        written: Vec::new(),
    })
}

/// The last value of each sequence that the role may read.
pub(super) async fn sequences(client: &Client) -> Result<Vec<(String, i64)>> {
    let rows = client
        .query(
            "SELECT pg_catalog.format('%s.%s', schemaname, sequencename), last_value FROM pg_catalog.pg_sequences
             WHERE last_value IS NOT NULL ORDER BY 1",
            &[],
        )
        .await
        .fault()?;
    Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
}

/// How many large objects there are.
pub(super) async fn large_objects(client: &Client) -> Result<i64> {
    let row =
        client.query_one("SELECT pg_catalog.count(*) FROM pg_catalog.pg_largeobject_metadata", &[]).await;
    row.map(|row| row.get(0)).fault()
}

/// Runs `pg_dump`. The password travels in the environment, where `ps` does not show it.
async fn dump(
    program: &Path,
    wanted: &Wanted<'_>,
    snapshot: &str,
    folder: &Path,
    (size, progress): (u64, &dyn Progress),
) -> Result<()> {
    let mut command = Command::new(program);
    command.args(["--format=directory", "--no-password"]).arg(format!("--jobs={}", wanted.jobs));
    command.arg(format!("--snapshot={snapshot}")).arg(format!("--lock-wait-timeout={LOCK_WAIT}"));
    command.arg("--file").arg(folder).kill_on_drop(true);
    Database::at(wanted.url)?.lead(&mut command);
    command.env("PGAPPNAME", "groundline backup").env("LC_ALL", "C");
    match watched(command, program, folder, (size, progress)).await? {
        None => Ok(()),
        Some(said) => Err(Fault::new("pg_dump could not read the database")
            .at(Place::Object(format!("database {}", Database::at(wanted.url)?.name)))
            .why(said)
            .next("a table that is locked for 2 s ends it; rights on all tables are needed")),
    }
}

/// Runs a program that fills a folder, and tells how far it is. Returns what it said where it did not succeed.
pub(super) async fn watched(
    mut command: Command,
    program: &Path,
    folder: &Path,
    (size, progress): (u64, &dyn Progress),
) -> Result<Option<String>> {
    let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
    let child = child.map_err(|error| Fault::io("start a program of PostgreSQL", program, &error))?;
    let ended = child.wait_with_output();
    tokio::pin!(ended);
    let output = loop {
        tokio::select! {
            output = &mut ended => break output,
            () = tokio::time::sleep(TICK) => progress.written(bytes_in(folder), size),
        }
    };
    let output = output.map_err(|error| Fault::io("wait for a program of PostgreSQL", program, &error))?;
    let said = || String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Ok((!output.status.success()).then(said))
}

fn bytes_in(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let bytes = |entry: std::fs::DirEntry| match entry.metadata() {
        Ok(facts) if facts.is_dir() => bytes_in(&entry.path()),
        Ok(facts) => facts.len(),
        Err(_) => 0,
    };
    entries.map(bytes).sum()
}
