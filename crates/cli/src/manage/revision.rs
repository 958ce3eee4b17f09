//! The command `revision`: new files for a revision, named as the folder's tool would, with the next version.
//! Out: names and texts (`migrate::layout`).
//! Called by `main`.

use crate::args::{Format, ProjectArgs};
use crate::settings::Project;
use crate::{Exit, console, drill};
use clap::Args;
use groundline_core::{Fault, Place, Result};
use groundline_evidence::json_text;
use groundline_migrate::history::{History, Revision};
use groundline_migrate::layout::{self, NewFile, Now};
use groundline_migrate::lock::LOCK_FILE;
use serde::Serialize;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
pub struct RevisionArgs {
    /// What the revision does, in a few words; the files are named by it.
    #[arg(short, long, value_name = "TEXT")]
    pub message: String,
    #[command(flatten)]
    pub project: ProjectArgs,
    /// Form of the output.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// What was written.
#[derive(Serialize)]
struct Made {
    /// 1 at the time of writing.
    revision_version: u32,
    version: String,
    name: String,
    layout: String,
    files: Vec<PathBuf>,
}

/// Runs `revision`. The lock is left as it is: what is locked is a finished revision.
pub async fn run(args: RevisionArgs) -> Result<Exit> {
    let project = Project::open(&args.project)?;
    let history = there(&project)?;
    let (folder, layout) = match &history {
        Some(history) => (history.folder.clone(), history.layout.to_owned()),
        None => first(&project)?,
    };
    if let Some(history) = &history {
        decided(history, project.config.migrations.layout.as_deref())?;
    }
    let alembic = match &history {
        Some(history) => drill::alembic(&project, history).await?,
        None => None,
    };
    let files = match alembic {
        Some(alembic) => vec![alembic.make(&args.message).await?],
        None => write(
            &folder,
            &layout::scaffold((&folder, &layout), history.as_ref(), (&args.message, None), &now())?,
        )?,
    };
    let made = read_back(&folder, &layout, history.as_ref()).inspect_err(|_| remove(&folder, &files))?;
    let paths: Vec<PathBuf> = files.iter().map(|file| folder.join(file)).collect();
    console::data(&match args.format {
        Format::Json => json_text(&Made {
            revision_version: 1,
            version: made.version.clone(),
            name: made.name.clone(),
            layout,
            files: paths,
        })?,
        Format::Text => paths.iter().map(|path| format!("wrote {}\n", path.display())).collect(),
    });
    let locks = if folder.join(LOCK_FILE).exists() { ", then `groundline lock`" } else { "" };
    console::say(&format!("when it is written: `groundline drill --revision {}`{locks}", made.id()));
    Ok(Exit::Done)
}

/// The history; nothing where the person named a folder in which there is none yet.
fn there(project: &Project) -> Result<Option<History>> {
    let migrations = &project.config.migrations;
    match (&migrations.folder, &migrations.layout) {
        (Some(folder), Some(_)) if is_empty(folder) => Ok(None),
        _ => drill::history(project).map(Some),
    }
}

/// Whether a folder holds nothing that could be a revision, or is not there.
fn is_empty(folder: &Path) -> bool {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    !entries
        .into_iter()
        .any(|entry| entry.path().is_dir() || entry.path().extension().is_some_and(|end| end == "sql"))
}

/// The folder and the layout of a first revision.
fn first(project: &Project) -> Result<(PathBuf, String)> {
    let migrations = &project.config.migrations;
    match (migrations.folder.clone(), migrations.layout.clone()) {
        (Some(folder), Some(layout)) => Ok((folder, layout)),
        _ => Err(Fault::new("there is no history yet")
            .next("name its folder and layout: --migrations DIR --layout ID")),
    }
}

/// A new file decides the layout from then on: that must not be a guess.
fn decided(history: &History, named: Option<&str>) -> Result<()> {
    let all: Vec<&str> =
        std::iter::once(history.layout).chain(history.alternatives.iter().copied()).collect();
    match named.is_some() || all.len() == 1 {
        true => Ok(()),
        false => Err(Fault::new("nothing decides which layout this is, and a new revision must have one")
            .at(Place::file(&history.folder))
            .next(format!("name it: --layout {}", all.join(" or --layout ")))),
    }
}

fn now() -> Now {
    let now = jiff::Timestamp::now();
    let digits = now.strftime("%Y%m%d%H%M%S").to_string();
    Now { digits, seconds: now.as_second() }
}

/// Writes the files, all or none; none that is there is touched. Gives their paths in the folder.
fn write(folder: &Path, files: &[NewFile]) -> Result<Vec<PathBuf>> {
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
fn remove(folder: &Path, files: &[PathBuf]) {
    for file in files {
        // What can't be removed stays, and the fault that is reported says why it was to go.
        let _ = std::fs::remove_file(folder.join(file));
        let inner = file.parent().filter(|parent| !parent.as_os_str().is_empty());
        inner.map(|inner| std::fs::remove_dir(folder.join(inner)));
    }
}

/// The new revision as the layout reads it.
///
/// # Errors
/// It is not the last one, or its version is there twice.
fn read_back(folder: &Path, layout: &str, before: Option<&History>) -> Result<Revision> {
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
