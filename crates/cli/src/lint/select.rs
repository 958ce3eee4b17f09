//! Which revisions of a history are judged: those that nobody has run yet, unless somebody says otherwise.
//! Out: judging them (`revisions`). Called by it alone.

use super::args::Which;
use crate::operand::Operand;
use crate::settings::Project;
use groundline_core::{Fault, Result};
use groundline_migrate::history::{History, Revision};
use groundline_migrate::lock::LockFile;
use groundline_pg::{client, dialect, stage};
use std::process::Command;

/// For each revision, whether it is judged; and what to call the choice.
pub async fn chosen(project: &Project, history: &History, which: &Which) -> Result<(Vec<bool>, String)> {
    let all = |judged: bool| vec![judged; history.revisions.len()];
    if which.all {
        return Ok((all(true), "all revisions".to_owned()));
    }
    let Some(since) = &which.since else { return unlocked(history) };
    if let Ok(at) = history.find(since) {
        let after = (0..history.revisions.len()).map(|index| index > at).collect();
        return Ok((after, format!("revisions after {since}")));
    }
    if let Ok(Operand::Url(url)) = Operand::parse(since) {
        let client = client::connect(&url).await?;
        let recorded = dialect::recorded(&client, stage::dialect_of(history)?).await?.unwrap_or_default();
        let lacks = |revision: &Revision| !recorded.contains(&revision.version);
        return Ok((
            history.revisions.iter().map(lacks).collect(),
            "revisions that the database lacks".to_owned(),
        ));
    }
    let known = files_at(history, since).ok_or_else(|| {
        Fault::new(format!("{since} is no revision of this history, no git ref here, and no database"))
            .next(format!("the newest revision is {}", history.revisions.last().map_or("none", Revision::id)))
            .at(groundline_core::Place::file(&project.folder))
    })?;
    let is_new = |revision: &Revision| !known.contains(&revision.up.file.to_string_lossy().into_owned());
    Ok((history.revisions.iter().map(is_new).collect(), format!("revisions that {since} lacks")))
}

/// Those that are not locked; without a lock, those after the baseline.
fn unlocked(history: &History) -> Result<(Vec<bool>, String)> {
    let lock = LockFile::load(&history.folder)?;
    let Some(file) = lock else {
        let baseline = history.revisions.iter().rposition(|revision| revision.name.contains("baseline"));
        let after = |index: usize| baseline.is_none_or(|at| index > at);
        let what = if baseline.is_some() { "revisions after the baseline" } else { "all revisions" };
        return Ok(((0..history.revisions.len()).map(after).collect(), what.to_owned()));
    };
    let locked = |revision: &Revision| file.lock.revisions.iter().any(|one| one.id() == revision.id());
    let chosen = history.revisions.iter().map(|revision| !locked(revision)).collect();
    Ok((chosen, "revisions that are not locked".to_owned()))
}

/// The files of the history's folder at a git ref, relative to it.
fn files_at(history: &History, reference: &str) -> Option<Vec<String>> {
    if reference.starts_with('-') {
        return None;
    }
    let mut command = Command::new("git");
    command.arg("-C").arg(&history.folder).args(["ls-tree", "-r", "--name-only", reference, "--", "."]);
    let output = command.output().ok().filter(|output| output.status.success())?;
    Some(String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect())
}
