//! The folder of backups: what is in it, whether its files are those that were written, and what can go.
//! Out: making and restoring. A backup that was not finished has another name, and is none.

use super::record::{BACKUP_VERSION, Backup, DUMP, Kept, PHYSICAL, Verified};
use super::rehearsal::{REHEARSAL_VERSION, Rehearsal};
use groundline_core::{Digest, Fault, Hasher, Place, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};

pub(super) const RECORD: &str = "backup.json";
pub(super) const VERIFIED: &str = "verified.json";
pub(super) const REHEARSAL: &str = "rehearsal.json";
pub(super) const DIGESTS: &str = "SHA256SUMS";
/// What the name of a folder ends with while it is being filled.
pub(super) const PARTIAL: &str = ".partial";

/// The backups of a folder, the newest last; none where there is no such folder.
///
/// # Errors
/// A record that can't be read.
pub fn list(folder: &Path) -> Result<Vec<Kept>> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(Vec::new()) };
    let mut kept = Vec::new();
    for entry in entries.flatten() {
        let path = entry.path();
        if path.join(RECORD).is_file() && !path.to_string_lossy().ends_with(PARTIAL) {
            kept.push(find(&path)?);
        }
    }
    kept.sort_by(|a, b| a.backup.id.cmp(&b.backup.id));
    Ok(kept)
}

/// The backup in a folder of its own.
///
/// # Errors
/// There is none, or it is of a newer Groundline.
pub fn find(folder: &Path) -> Result<Kept> {
    let file = folder.join(RECORD);
    let backup: Backup = read(&file)?.ok_or_else(|| {
        Fault::new("there is no backup")
            .at(Place::file(folder))
            .next("see which there are: groundline backup list")
    })?;
    if backup.backup_version != BACKUP_VERSION {
        let version = backup.backup_version;
        return Err(Fault::new(format!(
            "the backup's record has version {version}, and this Groundline reads {BACKUP_VERSION}"
        ))
        .at(Place::file(file)));
    }
    let verified: Option<Verified> = read(&folder.join(VERIFIED))?;
    let rehearsal: Option<Rehearsal> = read(&folder.join(REHEARSAL))?;
    if let Some(version) =
        rehearsal.as_ref().map(|one| one.rehearsal_version).filter(|one| *one != REHEARSAL_VERSION)
    {
        return Err(Fault::new(format!(
            "the rehearsal's record has version {version}, and this Groundline reads {REHEARSAL_VERSION}"
        ))
        .at(Place::file(folder.join(REHEARSAL))));
    }
    Ok(Kept { folder: folder.to_owned(), backup, verified, rehearsal })
}

fn read<T: DeserializeOwned>(file: &Path) -> Result<Option<T>> {
    match fs::read_to_string(file) {
        Ok(text) => serde_json::from_str(&text).map(Some).map_err(|error| {
            Fault::new("the record can't be read").at(Place::file(file)).why(error.to_string())
        }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Fault::io("read the record", file, &error)),
    }
}

/// Writes a record so that nobody sees half of it.
pub(super) fn write(folder: &Path, name: &str, record: &impl Serialize) -> Result<()> {
    let (file, partial) = (folder.join(name), folder.join(format!("{name}{PARTIAL}")));
    let text = serde_json::to_string_pretty(record)
        .map_err(|error| Fault::new("the record can't be written").why(error.to_string()))?;
    fs::write(&partial, text + "\n")
        .and_then(|()| fs::rename(&partial, &file))
        .map_err(|error| Fault::io("write the record", &file, &error))
}

/// The lines of SHA256SUMS for the files of a backup, sorted, and their bytes.
pub(super) fn digests(folder: &Path) -> Result<(String, u64)> {
    let io = |path: &Path, error: &std::io::Error| Fault::io("read the backup", path, error);
    let mut files: Vec<PathBuf> = Vec::new();
    for part in [DUMP, PHYSICAL].map(|part| folder.join(part)).iter().filter(|part| part.is_dir()) {
        collect(part, &mut files).map_err(|error| io(part, &error))?;
    }
    files.sort();
    let (mut lines, mut bytes) = (String::new(), 0);
    for path in files {
        let mut file = File::open(&path).map_err(|error| io(&path, &error))?;
        let (mut hasher, mut buffer) = (Hasher::default(), vec![0; 1 << 20]);
        loop {
            let read = file.read(&mut buffer).map_err(|error| io(&path, &error))?;
            if read == 0 {
                break;
            }
            bytes += read as u64;
            hasher.raw(&buffer[..read]);
        }
        let name = path.strip_prefix(folder).unwrap_or(&path).display();
        lines.push_str(&format!("{}  {name}\n", hasher.finish()));
    }
    Ok((lines, bytes))
}

/// All files below a folder.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        match entry.file_type()?.is_dir() {
            true => collect(&entry.path(), files)?,
            false => files.push(entry.path()),
        }
    }
    Ok(())
}

/// Whether the files of a backup are those that were written.
///
/// # Errors
/// Which is not.
pub(super) fn assert_whole(kept: &Kept) -> Result<()> {
    let (lines, _) = digests(&kept.folder)?;
    if Digest::of(&lines) == kept.backup.files {
        return Ok(());
    }
    let written = fs::read_to_string(kept.folder.join(DIGESTS)).unwrap_or_default();
    let changed: Vec<&str> = written
        .lines()
        .filter(|line| !lines.lines().any(|now| now == *line))
        .chain(lines.lines().filter(|now| !written.lines().any(|line| line == *now)))
        .filter_map(|line| line.split_once("  ").map(|(_, name)| name))
        .collect();
    Err(Fault::new("the backup's files are not those that were written")
        .at(Place::file(&kept.folder))
        .why(if changed.is_empty() { DIGESTS.to_owned() } else { changed.join(", ") })
        .next("use another backup"))
}

/// Removes the oldest backups of a database beyond the newest `keep`, but never the newest verified one, and what was left
/// unfinished. Returns what went.
///
/// # Errors
/// A folder can't be removed.
pub fn prune(folder: &Path, keep: usize) -> Result<Vec<PathBuf>> {
    let all = list(folder)?;
    let mut gone = Vec::new();
    let mut databases: Vec<&str> = all.iter().map(|kept| kept.backup.database.as_str()).collect();
    databases.sort_unstable();
    databases.dedup();
    for database in databases {
        let of: Vec<&Kept> = all.iter().filter(|kept| kept.backup.database == database).collect();
        let good = |kept: &&&Kept| kept.verified.as_ref().is_some_and(Verified::is_good);
        let newest_good = of.iter().rev().find(good).map(|kept| &kept.folder);
        let old = &of[..of.len().saturating_sub(keep)];
        gone.extend(
            old.iter().filter(|kept| Some(&kept.folder) != newest_good).map(|kept| kept.folder.clone()),
        );
    }
    let unfinished = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    gone.extend(unfinished.filter(|path| path.is_dir() && path.to_string_lossy().ends_with(PARTIAL)));
    for path in &gone {
        fs::remove_dir_all(path).map_err(|error| Fault::io("remove a backup", path, &error))?;
    }
    Ok(gone)
}
