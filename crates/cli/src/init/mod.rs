//! The command `init`: what a project needs, in one go: configuration, lock, documents, CI. It writes files that are not there,
//! and changes none that is.
//! Out: the documents (`docs`), the lock (`lock`), what is in a project's files (`contracts`).
//! Called by `main`.

mod guess;

use crate::args::{Format, LockArgs, ProjectArgs, ServerArgs};
use crate::settings::{FILE, Project};
use crate::{Exit, console, docs, drill, lock};
use clap::Args;
use groundline_core::{Fault, Result};
use groundline_migrate::lock::LOCK_FILE;
use std::path::{Path, PathBuf};

/// The CI file, where a project is on GitHub.
const WORKFLOW: &str = ".github/workflows/groundline.yml";

#[derive(Debug, Args)]
pub struct InitArgs {
    #[command(flatten)]
    pub project: ProjectArgs,
    #[command(flatten)]
    pub server: ServerArgs,
    /// Show what would be written, and write nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// Write a CI file, too, although there is no .github folder.
    #[arg(long)]
    pub ci: bool,
}

/// Runs `init`.
pub async fn run(args: InitArgs) -> Result<Exit> {
    let project = Project::open(&args.project)?;
    let history = drill::history(&project);
    let configuration = project.folder.join(FILE);
    let mut plan: Vec<(PathBuf, String)> = Vec::new();
    if !configuration.exists() {
        plan.push((configuration.clone(), guess::configuration(&project, history.as_ref().ok())?));
    }
    let workflow = project.folder.join(WORKFLOW);
    if !workflow.exists() && (args.ci || project.folder.join(".github").is_dir()) {
        plan.push((workflow, include_str!("workflow.yml").to_owned()));
    }
    plan.extend(ignored(&project.folder));
    if args.dry_run {
        plan.iter()
            .for_each(|(file, text)| console::data(&format!("{}\n{}\n", file.display(), indented(text))));
        if let Ok(history) = &history
            && !history.folder.join(LOCK_FILE).exists()
        {
            console::data(&format!("{}\n", history.folder.join(LOCK_FILE).display()));
        }
        console::data("docs/migrations: cookbook, review checklist, runbooks\n");
        return Ok(Exit::Done);
    }
    for (file, text) in &plan {
        let io = |error: std::io::Error| Fault::io("write a file", file, &error);
        if let Some(parent) = file.parent() {
            std::fs::create_dir_all(parent).map_err(io)?;
        }
        std::fs::write(file, text).map_err(io)?;
        console::data(&format!("wrote {}\n", file.display()));
    }
    // As it is configured now.
    let project = Project::open(&args.project)?;
    let history = drill::history(&project);
    let mut exit = Exit::Done;
    match &history {
        Err(fault) => {
            console::note(&fault.clone().next(
                "a database without migrations gets its first revision by: groundline baseline URL; then groundline init again",
            ));
            exit = Exit::Findings;
        }
        Ok(history) if !history.folder.join(LOCK_FILE).exists() => {
            let args = LockArgs {
                project: ProjectArgs::of_folder(&project.folder),
                server: args.server,
                verify: false,
                accept_changes: false,
                format: Format::Text,
            };
            // What keeps it from being measured is a person's to decide; all else is written nonetheless.
            exit = lock::run(args).await.unwrap_or_else(|fault| {
                console::fault(&fault);
                console::note(
                    &Fault::new("there is no lock yet")
                        .next("put that right in groundline.toml, then groundline init again"),
                );
                Exit::Findings
            });
        }
        Ok(_) => {}
    }
    for file in docs::write(&project, history.as_ref().ok())? {
        console::data(&format!("wrote {}\n", file.display()));
    }
    console::data("next: groundline check, and groundline gate says what a person must decide\n");
    Ok(exit)
}

/// Evidence and backups do not belong into git.
fn ignored(folder: &Path) -> Option<(PathBuf, String)> {
    let file = folder.join(".gitignore");
    let old = std::fs::read_to_string(&file).unwrap_or_default();
    let has = old.lines().any(|line| line.trim().trim_matches('/') == ".groundline");
    let gap = if old.is_empty() || old.ends_with('\n') { "" } else { "\n" };
    (!has).then(|| (file, format!("{old}{gap}.groundline/\n")))
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("    {line}\n")).collect()
}
