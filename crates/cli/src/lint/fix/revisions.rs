//! A project's new revisions, each fixed on the schema that the ones before it yield.
//! In: which are fixed, and which stay. Out: their files, and the proof (`tail`). Called by `lint --fix`.

use super::super::args::LintArgs;
use super::super::{revisions, select};
use super::Rewritten;
use super::tail::{self, Wanted};
use crate::manage::files;
use crate::operand::Loader;
use crate::settings::Project;
use crate::{console, drill};
use groundline_core::{Fault, Place, Result};
use groundline_lint::{Asked, Fixed, Schema, fix as fixed};
use groundline_migrate::history::{History, Language, Revision, Transaction};
use groundline_migrate::lock::LockFile;

/// Fixes the chosen revisions: all of their files are written, or none.
pub async fn fix(project: &Project, args: &LintArgs, dry_run: bool) -> Result<Rewritten> {
    let history = drill::history(project)?;
    if history.graph.is_some() {
        return Err(Fault::new("revisions that are programs are not rewritten")
            .at(Place::file(&history.folder))
            .next("groundline lint says what to write instead"));
    }
    files::decided(&history, project.config.migrations.layout.as_deref())?;
    let (chosen, _) = select::chosen(project, &history, &args.which).await?;
    let Some(first) = chosen.iter().position(|chosen| *chosen) else { return Ok(Rewritten::default()) };
    let mut loader = Loader::new(project, &args.server, project.scope(None)).with_needs(true);
    let done = Box::pin(from(project, args, &history, (&chosen, first), &mut loader)).await;
    let done = match done {
        Ok((wanted, refused)) if !wanted.is_empty() => {
            let made = Box::pin(tail::rewrite(project, &history, &wanted, &mut loader)).await;
            made.map(|made| (made, wanted, refused))
        }
        Ok((wanted, refused)) => Ok((tail::Made::default(), wanted, refused)),
        Err(fault) => Err(fault),
    };
    loader.finish().await?;
    let (made, wanted, refused) = done?;
    let changes = made.changes(&history)?;
    if !dry_run {
        files::replace(&history.folder, &made.gone, &made.new)?;
    }
    let done = wanted.into_iter().flat_map(|wanted| wanted.fixed.done).collect();
    Ok(Rewritten { changes, done, refused })
}

/// What is to be fixed, and whether something that has a fix stays.
async fn from(
    project: &Project,
    args: &LintArgs,
    history: &History,
    (chosen, first): (&[bool], usize),
    loader: &mut Loader<'_>,
) -> Result<(Vec<Wanted>, bool)> {
    let snapshot = loader.replay(project, history, &history.revisions[..first]).await?;
    let major = snapshot.server.major();
    let mut schema = Schema::of(&snapshot);
    let lock = LockFile::load(&history.folder)?;
    let locked = |revision: &Revision| {
        lock.as_ref().is_some_and(|file| file.lock.revisions.iter().any(|one| one.id() == revision.id()))
    };
    let (mut wanted, mut refused) = (Vec::new(), false);
    for (index, revision) in history.revisions.iter().enumerate().skip(first) {
        let settings = revisions::settings_of((project, history), revision, major);
        let asked = Asked { settings, levels: &project.config.lint.rules, notes: args.notes };
        if chosen[index]
            && revision.up.language == Language::Sql
            && let Some(fixed) = fixed(revision.up.sql(), &schema, asked)
        {
            match why_not(revision, &fixed, locked(revision)) {
                None => wanted.push(Wanted { index, fixed }),
                Some(fault) => {
                    refused = true;
                    console::note(&fault.at(Place::file(history.folder.join(&revision.up.file))));
                }
            }
        }
        revisions::judge_up((project, history), revision, &mut schema, major);
    }
    Ok((wanted, refused))
}

/// Why a revision stays as it is.
fn why_not(revision: &Revision, fixed: &Fixed, locked: bool) -> Option<Fault> {
    let label = revision.label();
    if locked {
        return Some(
            Fault::new(format!("{label} is locked, so it is not rewritten"))
                .why("databases may have run it")
                .next("take it out of the lock if none has; else write what is missing as a new revision"),
        );
    }
    if fixed.in_place {
        return None;
    }
    let why = match () {
        () if revision.repeatable => "it runs again whenever its text changes",
        () if revision.up.transaction == Transaction::MarkedOutside => {
            "it is marked to run outside a transaction"
        }
        () => return None,
    };
    Some(Fault::new(format!("{label} is not taken apart")).why(why).next("write its parts by hand"))
}
