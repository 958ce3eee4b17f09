//! Which revisions of a history are judged: those that nobody has run yet, unless somebody says otherwise.
//! Out: judging them (`revisions`). Called by it alone.

use super::args::Which;
use crate::operand::Operand;
use crate::settings::Project;
use groundline_core::{Fault, Result};
use groundline_migrate::history::{History, Revision};
use groundline_migrate::lock::LockFile;
use groundline_pg::{client, dialect, stage};
use std::path::Path;
use std::process::Command;

/// For each revision, whether it is judged; and what to call the choice.
pub async fn chosen(project: &Project, history: &History, which: &Which) -> Result<(Vec<bool>, String)> {
    let all = |judged: bool| vec![judged; history.revisions.len()];
    if which.all {
        return Ok((all(true), "all revisions".to_owned()));
    }
    let Some(since) = which.since.as_ref().or(project.config.lint.since.as_ref()) else {
        return Ok(new(history)?.unwrap_or_else(|| after_baseline(history)));
    };
    after(project, history, since).await
}

async fn after(project: &Project, history: &History, since: &str) -> Result<(Vec<bool>, String)> {
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

/// Those that are new, by the configuration or as nothing else says. None where nothing tells.
pub async fn configured(project: &Project, history: &History) -> Result<Option<(Vec<bool>, String)>> {
    match &project.config.lint.since {
        Some(since) => after(project, history, since).await.map(Some),
        None => new(history),
    }
}

/// Those that are new: not locked yet, or not on the branch that this one is to be merged into. None where there is
/// neither a lock nor a repository to tell.
fn new(history: &History) -> Result<Option<(Vec<bool>, String)>> {
    let lock = LockFile::load(&history.folder)?;
    let base = base(&history.folder);
    let there = base.as_ref().and_then(|(commit, _)| files_at(history, commit));
    if lock.is_none() && there.is_none() {
        return Ok(None);
    }
    let locked = |revision: &Revision| {
        lock.as_ref().is_none_or(|file| file.lock.revisions.iter().any(|one| one.id() == revision.id()))
    };
    let is_old = |revision: &Revision| {
        let file = revision.up.file.to_string_lossy();
        locked(revision) && there.as_ref().is_none_or(|files| files.iter().any(|one| *one == file))
    };
    let what = match (&base, lock.is_some()) {
        (Some((_, name)), true) => format!("revisions that are not locked, or not in {name}"),
        (Some((_, name)), false) => format!("revisions that are not in {name}"),
        (None, _) => "revisions that are not locked".to_owned(),
    };
    Ok(Some((history.revisions.iter().map(|revision| !is_old(revision)).collect(), what)))
}

/// Where nothing tells what is new.
fn after_baseline(history: &History) -> (Vec<bool>, String) {
    let baseline = history.revisions.iter().rposition(|revision| revision.name.contains("baseline"));
    let what = if baseline.is_some() { "revisions after the baseline" } else { "all revisions" };
    let after = (0..history.revisions.len()).map(|index| baseline.is_none_or(|at| index > at)).collect();
    (after, what.to_owned())
}

/// Where the checked out branch left the one that it is to be merged into, and that one's name.
fn base(folder: &Path) -> Option<(String, String)> {
    let branches = ["origin/HEAD", "origin/main", "origin/master", "main", "master"];
    branches.into_iter().find_map(|branch| {
        let commit = git(folder, &["merge-base", "HEAD", branch])?;
        Some((commit.trim().to_owned(), branch.to_owned()))
    })
}

fn git(folder: &Path, args: &[&str]) -> Option<String> {
    let output = Command::new("git").arg("-C").arg(folder).args(args).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The files of the history's folder at a git ref, relative to it.
fn files_at(history: &History, reference: &str) -> Option<Vec<String>> {
    if reference.starts_with('-') {
        return None;
    }
    let listed = git(&history.folder, &["ls-tree", "-r", "--name-only", reference, "--", "."])?;
    Some(listed.lines().map(str::to_owned).collect())
}
