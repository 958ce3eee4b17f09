//! The command `revision`: new files for a revision, named as the folder's tool would, with the next version.
//! Out: names and texts (`migrate::layout`).
//! Called by `main`.

use super::autogenerate::{self, AutogenerateArgs};
use super::files;
use crate::args::{Format, ProjectArgs, ServerArgs};
use crate::settings::Project;
use crate::{Exit, console, drill};
use clap::Args;
use groundline_core::Result;
use groundline_evidence::json_text;
use groundline_migrate::layout;
use groundline_migrate::lock::LOCK_FILE;
use serde::Serialize;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub struct RevisionArgs {
    /// What the revision does, in a few words; the files are named by it.
    #[arg(short, long, value_name = "TEXT")]
    pub message: String,
    #[command(flatten)]
    pub autogenerate: AutogenerateArgs,
    #[command(flatten)]
    pub project: ProjectArgs,
    #[command(flatten)]
    pub server: ServerArgs,
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
    let history = files::there(&project)?;
    if let Some(desired) = &args.autogenerate.autogenerate {
        return autogenerate::run((&args, desired), &project, history.as_ref()).await;
    }
    let (folder, layout) = match &history {
        Some(history) => (history.folder.clone(), history.layout.to_owned()),
        None => files::first(&project)?,
    };
    if let Some(history) = &history {
        files::decided(history, project.config.migrations.layout.as_deref())?;
    }
    let alembic = match &history {
        Some(history) => drill::alembic(&project, history).await?,
        None => None,
    };
    let written = match alembic {
        Some(alembic) => vec![alembic.make(&args.message).await?],
        None => {
            let asked = (args.message.as_str(), None);
            files::write(
                &folder,
                &layout::scaffold((&folder, &layout), history.as_ref(), asked, &files::now())?,
            )?
        }
    };
    let made = files::read_back(&folder, &layout, history.as_ref())
        .inspect_err(|_| files::remove(&folder, &written))?;
    let paths: Vec<PathBuf> = written.iter().map(|file| folder.join(file)).collect();
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
