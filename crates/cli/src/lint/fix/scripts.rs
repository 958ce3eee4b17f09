//! Scripts that are named, each fixed in its own file: where transactions ask for it, with BEGIN and COMMIT.
//! Out: revisions of a project (`revisions`). Called by `lint --fix`.

use super::super::args::LintArgs;
use super::super::{scripts, settings};
use super::{Change, Rewritten};
use crate::drill;
use crate::settings::Project;
use groundline_core::{Fault, Place, Result};
use groundline_lint::Asked;
use groundline_migrate::history::Down;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Fixes the scripts that are named.
///
/// # Errors
/// One of them is a revision: its tool decides on transactions, so it is not for one file to do so.
pub async fn fix(project: &Project, args: &LintArgs, dry_run: bool) -> Result<Rewritten> {
    refuse_revisions(project, &args.files)?;
    let (schema, major) = scripts::ground_of(project, args).await?;
    let asked = Asked {
        settings: settings(&project.config.policy, major, false),
        levels: &project.config.lint.rules,
        notes: args.notes,
    };
    let mut rewritten = Rewritten::default();
    for file in &args.files {
        let before = scripts::read(file)?;
        let Some(fixed) = groundline_lint::fix(&before, &schema, asked) else { continue };
        let after = fixed.one_text();
        if !dry_run {
            write(file, &after)?;
        }
        rewritten.done.extend(fixed.done);
        let (path, before, after) = (file.display().to_string(), Some(before), Some(after));
        rewritten.changes.push(Change { path, before, after });
    }
    Ok(rewritten)
}

fn write(file: &Path, text: &str) -> Result<()> {
    std::fs::write(file, text).map_err(|error| Fault::io("write the script", file, &error))
}

fn refuse_revisions(project: &Project, files: &[PathBuf]) -> Result<()> {
    // A folder without a history has no revisions.
    let Ok(history) = drill::history(project) else { return Ok(()) };
    let steps = history.revisions.iter().flat_map(|revision| {
        let down = match &revision.down {
            Down::Script(step) => Some(&step.file),
            _ => None,
        };
        std::iter::once(&revision.up.file).chain(down)
    });
    let revisions: BTreeSet<PathBuf> =
        steps.filter_map(|file| history.folder.join(file).canonicalize().ok()).collect();
    let is_revision = |file: &&PathBuf| file.canonicalize().is_ok_and(|file| revisions.contains(&file));
    match files.iter().find(is_revision) {
        None => Ok(()),
        Some(file) => Err(Fault::new("this file is a revision, which may have to become several")
            .at(Place::file(file))
            .next("groundline lint --fix, without files, rewrites the revisions that are new")),
    }
}
