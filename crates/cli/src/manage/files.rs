//! The files of new revisions: where they go, by which layout, written all or none.
//! Out: names and texts (`migrate::layout`), what is in them (the commands).
//! Called by `revision`, `autogenerate`, `baseline` and `squash`.

use crate::drill;
use crate::settings::Project;
use groundline_catalog::ddl::Piece;
use groundline_core::{Fault, Place, Result};
use groundline_migrate::history::{Down, History, Revision};
use groundline_migrate::layout::{self, NewFile, Now, Statement};
use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// The layout whose tool has operations of its own.
pub const ALEMBIC: &str = "alembic";

/// What is said where they do not lead to the same schema.
pub const NO_OPERATIONS: &str =
    "Alembic's operations do not make the same schema: the statements are written as SQL";

/// The history; nothing where the person named a folder in which there is none yet.
pub fn there(project: &Project) -> Result<Option<History>> {
    let migrations = &project.config.migrations;
    match (&migrations.folder, &migrations.layout) {
        (Some(folder), Some(layout)) if is_empty(folder, layout) => Ok(None),
        _ => drill::history(project).map(Some),
    }
}

/// Whether a folder holds nothing that could be a revision, or is not there.
fn is_empty(folder: &Path, layout: &str) -> bool {
    if layout == ALEMBIC {
        // The folder that `alembic init` makes has more in it.
        let scripts = std::fs::read_dir(folder.join("versions")).into_iter().flatten().flatten();
        return !scripts.into_iter().any(|entry| entry.path().extension().is_some_and(|end| end == "py"));
    }
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    !entries
        .into_iter()
        .any(|entry| entry.path().is_dir() || entry.path().extension().is_some_and(|end| end == "sql"))
}

/// The folder and the layout of a first revision.
pub fn first(project: &Project) -> Result<(PathBuf, String)> {
    let migrations = &project.config.migrations;
    match (migrations.folder.clone(), migrations.layout.clone()) {
        (Some(folder), Some(layout)) => Ok((folder, layout)),
        _ => Err(Fault::new("there is no history yet")
            .next("name its folder and layout: --migrations DIR --layout ID")),
    }
}

/// A new file decides the layout from then on: that must not be a guess.
pub fn decided(history: &History, named: Option<&str>) -> Result<()> {
    let all: Vec<&str> =
        std::iter::once(history.layout).chain(history.alternatives.iter().copied()).collect();
    match named.is_some() || all.len() == 1 {
        true => Ok(()),
        false => Err(Fault::new("nothing decides which layout this is, and a new revision must have one")
            .at(Place::file(&history.folder))
            .next(format!("name it: --layout {}", all.join(" or --layout ")))),
    }
}

pub fn now() -> Now {
    let now = jiff::Timestamp::now();
    let digits = now.strftime("%Y%m%d%H%M%S").to_string();
    Now { digits, seconds: now.as_second() }
}

/// Writes the files, all or none; none that is there is touched. Gives their paths in the folder.
pub fn write(folder: &Path, files: &[NewFile]) -> Result<Vec<PathBuf>> {
    let paths: Vec<PathBuf> = files.iter().map(|file| file.path.clone()).collect();
    for (at, file) in files.iter().enumerate() {
        let path = folder.join(&file.path);
        let written = || {
            std::fs::create_dir_all(path.parent().unwrap_or(folder))?;
            OpenOptions::new().write(true).create_new(true).open(&path)?.write_all(file.text.as_bytes())
        };
        if let Err(error) = written() {
            remove(folder, &paths[..at]);
            return Err(Fault::io("write the revision", &path, &error));
        }
    }
    Ok(paths)
}

/// Takes new files away again, and the folders that were made for them.
pub fn remove(folder: &Path, files: &[PathBuf]) {
    for file in files {
        // What can't be removed stays, and the fault that is reported says why it was to go.
        let _ = std::fs::remove_file(folder.join(file));
        let inner = file.parent().filter(|parent| !parent.as_os_str().is_empty());
        inner.map(|inner| std::fs::remove_dir(folder.join(inner)));
    }
}

/// Files of a folder go, and new ones come in their place; what fails leaves it as it was.
pub fn replace(folder: &Path, old: &[PathBuf], new: &[NewFile]) -> Result<Vec<PathBuf>> {
    let aside = temporary()?;
    let moved = |from: &Path, to: &Path| {
        std::fs::create_dir_all(to.parent().unwrap_or(to))?;
        std::fs::copy(from, to).and_then(|_| std::fs::remove_file(from))
    };
    let back = |old: &[PathBuf]| {
        // What can't be put back lies in version control; the fault that is reported says why it was to go.
        old.iter().for_each(|file| drop(moved(&aside.path().join(file), &folder.join(file))));
    };
    for (at, file) in old.iter().enumerate() {
        if let Err(error) = moved(&folder.join(file), &aside.path().join(file)) {
            back(&old[..at]);
            return Err(Fault::io("take the revision away", folder.join(file), &error));
        }
        let inner = file.parent().filter(|parent| !parent.as_os_str().is_empty());
        // It goes once nothing is left in it.
        inner.map(|inner| std::fs::remove_dir(folder.join(inner)));
    }
    write(folder, new).inspect_err(|_| back(old))
}

/// All files of revisions, relative to the folder: their scripts, and what lies beside them of the same name.
pub fn of(folder: &Path, revisions: &[Revision]) -> Vec<PathBuf> {
    let mut files = BTreeSet::new();
    for revision in revisions {
        let scripts = match &revision.down {
            Down::Script(step) => vec![&revision.up.file, &step.file],
            _ => vec![&revision.up.file],
        };
        for script in scripts {
            files.insert(script.clone());
            let parent = script.parent().unwrap_or(Path::new(""));
            let is_own_folder = !parent.as_os_str().is_empty()
                && !revision
                    .up
                    .file
                    .file_name()
                    .is_some_and(|name| name.to_string_lossy().contains(&revision.name));
            let stem = script.to_string_lossy().replace(".up.sql", ".").replace(".sql", ".");
            let beside = std::fs::read_dir(folder.join(parent)).into_iter().flatten().flatten();
            let beside = beside.map(|entry| parent.join(entry.file_name()));
            files.extend(beside.filter(|file| is_own_folder || file.to_string_lossy().starts_with(&stem)));
        }
    }
    files.into_iter().filter(|file| folder.join(file).is_file()).collect()
}

/// The new revision as the layout reads it.
///
/// # Errors
/// It is not the last one, or its version is there twice.
pub fn read_back(folder: &Path, layout: &str, before: Option<&History>) -> Result<Revision> {
    let history = layout::read(folder, Some(layout))?;
    let versioned = |history: &History| history.revisions.iter().filter(|one| !one.repeatable).count();
    let last = history.revisions.iter().rev().find(|revision| !revision.repeatable);
    match last {
        Some(last)
            if versioned(&history) == before.map_or(0, versioned) + 1
                && before.is_none_or(|before| before.position(last.id()).is_none()) =>
        {
            Ok(last.clone())
        }
        _ => Err(Fault::new("the new revision would not come last")
            .at(Place::file(folder))
            .next("look at the versions with `groundline history`")),
    }
}

/// The pieces of a script as statements of a revision.
pub fn statements(pieces: impl IntoIterator<Item = Piece>) -> Vec<Statement> {
    pieces.into_iter().map(|Piece { lead, sql }| Statement::led(lead, sql)).collect()
}

/// A temporary folder, which goes with the value.
pub fn temporary() -> Result<TempDir> {
    tempfile::tempdir()
        .map_err(|error| Fault::new("no temporary folder could be made").why(error.to_string()))
}

/// A copy of a history's folder, where revisions are tried.
pub fn copied(history: &History) -> Result<TempDir> {
    copied_folder(&history.folder)
}

/// A copy of a folder.
pub fn copied_folder(folder: &Path) -> Result<TempDir> {
    let place = temporary()?;
    copy(folder, place.path()).map_err(|error| Fault::io("copy the history", folder, &error))?;
    Ok(place)
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        match entry.file_type()?.is_dir() {
            true => copy(&entry.path(), &target)?,
            false => drop(std::fs::copy(entry.path(), target)?),
        }
    }
    Ok(())
}
