//! `lint --fix`: scripts, or a project's new revisions, rewritten by the fixes that rules have; shown as a diff, judged again.
//! Out: what is written in the place of a statement (`lint::fix`), scripts (`scripts`), revisions (`revisions`, `tail`).
//! Called by `lint`.

mod revisions;
mod scripts;
mod tail;

use super::args::{LintArgs, LintFormat};
use super::{revisions as unfixed_revisions, scripts as unfixed_scripts, show};
use crate::settings::Project;
use crate::{Exit, console};
use groundline_core::{Result, scrub};
use groundline_evidence::count;
use groundline_lint::Finding;
use similar::TextDiff;
use std::collections::BTreeMap;

/// Lines of a diff around what changes.
const AROUND: usize = 3;

/// A file before and after; none where it is not there.
pub struct Change {
    /// Its path, as people see it.
    pub path: String,
    pub before: Option<String>,
    pub after: Option<String>,
}

/// What was rewritten, or would be.
#[derive(Default)]
pub struct Rewritten {
    pub changes: Vec<Change>,
    /// The findings that are fixed.
    pub done: Vec<Finding>,
    /// Whether something that has a fix stays as it is.
    pub refused: bool,
}

/// Fixes, and judges what is left.
pub async fn run(args: &LintArgs, dry_run: bool) -> Result<Exit> {
    let project = Project::open(&args.project.args())?;
    let rewritten = match args.files.is_empty() {
        true => Box::pin(revisions::fix(&project, args, dry_run)).await?,
        false => Box::pin(scripts::fix(&project, args, dry_run)).await?,
    };
    tell(&rewritten, args, dry_run);
    if dry_run {
        let nothing = rewritten.changes.is_empty() && !rewritten.refused;
        return Ok(if nothing { Exit::Done } else { Exit::Findings });
    }
    let report = match args.files.is_empty() {
        true => Box::pin(unfixed_revisions::judged(&project, args, false)).await?,
        false => Box::pin(unfixed_scripts::judged(&project, args, false)).await?,
    };
    show(args, &report)
}

/// The diff is data where people read it; a form for programs is of what is left.
fn tell(rewritten: &Rewritten, args: &LintArgs, dry_run: bool) {
    let diff: String = rewritten.changes.iter().map(unified).collect();
    match args.format {
        LintFormat::Text => console::data(&scrub(&diff)),
        _ => console::say(scrub(&diff).trim_end()),
    }
    let mut codes: BTreeMap<&str, usize> = BTreeMap::new();
    rewritten.done.iter().for_each(|finding| *codes.entry(finding.code).or_default() += 1);
    let codes: Vec<String> = codes.iter().map(|(code, number)| format!("{code} ×{number}")).collect();
    let all = count(rewritten.done.len(), "finding");
    console::say(&match (rewritten.done.is_empty(), dry_run) {
        (true, _) => "nothing to fix".to_owned(),
        (false, true) => format!("{all} would be fixed: {}; nothing was written", codes.join(", ")),
        (false, false) => format!("{all} fixed: {}", codes.join(", ")),
    });
}

fn unified(change: &Change) -> String {
    let name = |side: &str, text: &Option<String>| match text {
        Some(_) => format!("{side}/{}", change.path),
        None => "/dev/null".to_owned(),
    };
    let (before, after) = (change.before.as_deref().unwrap_or(""), change.after.as_deref().unwrap_or(""));
    let diff = TextDiff::from_lines(before, after);
    let mut unified = diff.unified_diff();
    unified.context_radius(AROUND).header(&name("a", &change.before), &name("b", &change.after)).to_string()
}
