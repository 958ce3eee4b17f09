//! The prepared data folder of an installation: `initdb` runs once, every server starts on a copy.
//! It is also the trial of an installation: one that cannot do this does not count.
//! Out: what belongs to one run (`run_folder`). Called by `resolve` and `start`.

use super::account::Account;
use super::installation::Installation;
use super::room::{Room, remove_folder};
use groundline_core::{Fault, Hasher, Place, Result};
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

/// How long `initdb` may take on a slow machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// Settings of a server whose data nobody will miss, and on which a migration must meet no limit that a
/// production server would not have. Source: PostgreSQL manual, 14.5 "Non-Durable Settings".
const SETTINGS: &str = "\
listen_addresses = ''
cluster_name = 'groundline'
max_connections = 60
superuser_reserved_connections = 3
max_locks_per_transaction = 512
max_prepared_transactions = 8
shared_buffers = 64MB
dynamic_shared_memory_type = mmap
huge_pages = off
fsync = off
full_page_writes = off
synchronous_commit = off
wal_level = logical
max_logical_replication_workers = 0
wal_init_zero = off
wal_recycle = off
max_wal_size = 1GB
checkpoint_timeout = 1d
bgwriter_lru_maxpages = 0
autovacuum = off
jit = off
restart_after_crash = off
log_checkpoints = off
log_line_prefix = '%m [%p] %d '
lc_messages = 'C'
log_timezone = 'GMT'
datestyle = 'iso, mdy'
default_text_search_config = 'pg_catalog.english'
";

/// PostgreSQL 18 does input and output in processes of its own unless told otherwise.
const SETTINGS_SINCE_18: &str = "io_method = sync\n";

/// The prepared data folder of an installation, made now if it is not there yet. Faults: `initdb` fails.
pub(crate) async fn prepare(room: &Room, installation: &Installation) -> Result<PathBuf> {
    let key = key(room, installation)?;
    let ready = room.templates().join(&key);
    if ready.is_dir() {
        return Ok(ready);
    }
    let _lock = room.lock(&format!("template-{key}"), || ()).await?;
    if ready.is_dir() {
        return Ok(ready);
    }
    let making = room.templates().join(format!(".{key}"));
    remove_folder(&making)?;
    let made = make(room, installation, &making).await;
    let made = made.and_then(|()| {
        fs::rename(&making, &ready)
            .map_err(|error| Fault::io("keep the prepared data folder", &ready, &error))
    });
    if made.is_err() {
        // The first fault is the one to hear about.
        let _ = remove_folder(&making);
    }
    made.map(|()| ready)
}

/// Copies a data folder, the prepared one or a backup's, for one server.
pub(crate) fn copy(template: &Path, data: &Path, account: &Account) -> Result<()> {
    let fault = |path: &Path, error: &std::io::Error| {
        let fault = Fault::io("copy a data folder", path, error);
        match error.raw_os_error() == Some(rustix::io::Errno::NOSPC.raw_os_error()) {
            true => fault.next("free some space, or set GROUNDLINE_CACHE to a folder on another disk"),
            false => fault,
        }
    };
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new().mode(0o700).create(data).map_err(|error| fault(data, &error))?;
    account.give(data)?;
    for entry in fs::read_dir(template).map_err(|error| fault(template, &error))? {
        let entry = entry.map_err(|error| fault(template, &error))?;
        let target = data.join(entry.file_name());
        match entry.file_type().map_err(|error| fault(&target, &error))?.is_dir() {
            true => copy(&entry.path(), &target, account)?,
            false => {
                fs::copy(entry.path(), &target).map_err(|error| fault(&target, &error))?;
                account.give(&target)?;
            }
        }
    }
    Ok(())
}

/// A command of PostgreSQL's with nothing of our environment that would change what it does.
pub(crate) fn command(room: &Room, installation: &Installation, program: &str) -> Command {
    let mut command = Command::new(installation.bin.join(program));
    let changes = |name: &str| name.starts_with("PG") || name.starts_with("LC_") || name == "LANGUAGE";
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_str().is_some_and(changes)) {
        command.env_remove(name);
    }
    // The working folder of a person may be closed to the server's account.
    command.env("LANG", "C").current_dir(room.root()).stdin(Stdio::null());
    if let Some(libraries) = installation.own_libraries() {
        let others = std::env::var_os("LD_LIBRARY_PATH").unwrap_or_default();
        let folders = std::iter::once(libraries).chain(std::env::split_paths(&others));
        // Not where the path holds a colon: most modules do without.
        std::env::join_paths(folders).map(|folders| command.env("LD_LIBRARY_PATH", folders)).ok();
    }
    command
}

fn key(room: &Room, installation: &Installation) -> Result<String> {
    let postgres = installation.bin.join("postgres");
    let facts =
        fs::metadata(&postgres).map_err(|error| Fault::io("look at PostgreSQL", &postgres, &error))?;
    let mut hasher = Hasher::default();
    hasher.field(postgres.as_os_str().as_bytes()).field(installation.version.to_string());
    hasher.field(facts.mtime_nsec().to_le_bytes()).field(facts.mtime().to_le_bytes());
    hasher.field(facts.size().to_le_bytes()).field(settings(installation));
    hasher.field(room.account.name().unwrap_or_default());
    Ok(format!("{}-{}", installation.version, hasher.finish().short()))
}

async fn make(room: &Room, installation: &Installation, folder: &Path) -> Result<()> {
    let mut failed = None;
    // Upper and lower case beyond ASCII where the system can; every system has plain C.
    for locale in ["C.UTF-8", "C"] {
        remove_folder(folder)?;
        room.make_private(folder)?;
        let output = initdb(room, installation, folder, locale).await?;
        if output.status.success() {
            return write_settings(room, installation, folder, "");
        }
        failed = Some(output);
    }
    let said = failed.map(|output| {
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
    });
    Err(Fault::new("initdb failed")
        .at(Place::file(installation.bin.join("initdb")))
        .why(said.unwrap_or_default().trim()))
}

async fn initdb(room: &Room, installation: &Installation, data: &Path, locale: &str) -> Result<Output> {
    let program = installation.bin.join("initdb");
    let mut command = command(room, installation, "initdb");
    command.arg("-D").arg(data);
    command.args(["-U", "postgres", "--encoding=UTF8", "--auth=trust", "--no-sync", "--no-instructions"]);
    command.args(["--wal-segsize=1", "--locale", locale]);
    room.account.dress(&mut command);
    let mut command = tokio::process::Command::from(command);
    match tokio::time::timeout(PATIENCE, command.kill_on_drop(true).output()).await {
        Ok(output) => output.map_err(|error| Fault::io("run initdb", program, &error)),
        Err(_) => Err(Fault::new(format!("initdb did not end within {} s", PATIENCE.as_secs()))
            .at(Place::file(program))),
    }
}

/// Settings of a server on a copy of a backup: prepared transactions that the copy has, which need their room to be recovered.
const SETTINGS_OF_COPY: &str = "max_prepared_transactions = 1000\n";

/// Files of a data folder that would lead its copy elsewhere: to a primary, to an archive, to libraries of another machine.
const LEADING: [&str; 4] = ["postgresql.auto.conf", "standby.signal", "recovery.signal", "postmaster.pid"];

/// Copies a backup's data folder for a server of our own: our settings, nobody but us lets itself in.
pub(crate) fn adopt(room: &Room, installation: &Installation, from: &Path, data: &Path) -> Result<()> {
    copy(from, data, &room.account)?;
    for name in LEADING {
        match fs::remove_file(data.join(name)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(Fault::io("remove a setting of the copy", data.join(name), &error));
            }
            _ => {}
        }
    }
    write_settings(room, installation, data, SETTINGS_OF_COPY)
}

fn write_settings(room: &Room, installation: &Installation, data: &Path, more: &str) -> Result<()> {
    let zone = if knows_utc(installation) { "UTC" } else { "GMT" };
    let files = [
        ("postgresql.conf", format!("{}timezone = '{zone}'\n{more}", settings(installation))),
        ("pg_hba.conf", "local all all trust\nlocal replication all trust\n".to_owned()),
    ];
    for (name, text) in files {
        let path = data.join(name);
        fs::write(&path, text).map_err(|error| Fault::io("write the server's settings", &path, &error))?;
        room.account.give(&path)?;
    }
    Ok(())
}

fn settings(installation: &Installation) -> String {
    let since_18 = installation.version.major().number() >= 18;
    format!("{SETTINGS}{}", if since_18 { SETTINGS_SINCE_18 } else { "" })
}

/// Some builds read the system's time zones, which a small container may lack; GMT is always known.
fn knows_utc(installation: &Installation) -> bool {
    let shares =
        ["share/timezone", "share/postgresql/timezone"].map(|share| installation.bin.join("..").join(share));
    let system = PathBuf::from("/usr/share/zoneinfo");
    shares.into_iter().chain([system]).any(|zones| zones.join("UTC").exists())
}
