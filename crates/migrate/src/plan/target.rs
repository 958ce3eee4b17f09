//! How far to go: `head`, `base`, a version, or so many revisions from here; and which revisions that makes.
//! Out: the plan made of them (`make`). Called by the commands.

use super::Direction;
use crate::applied::Applied;
use crate::history::{History, Revision};
use groundline_core::{Fault, Place, Result};

/// How far to go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// To the last revision.
    Head,
    /// To before the first revision.
    Base,
    /// So that this revision is the newest.
    Version(String),
    /// So many revisions from here, either way.
    Count(usize),
}

impl Target {
    /// Reads `head`, `base`, `+N`, `-N`, or a version.
    pub fn parse(text: &str) -> Self {
        let count = text.strip_prefix(['+', '-']).and_then(|number| number.parse().ok());
        match (text, count) {
            ("head", _) => Target::Head,
            ("base", _) => Target::Base,
            (_, Some(count)) => Target::Count(count),
            _ => Target::Version(text.to_owned()),
        }
    }

    /// The revisions to run, in the order in which they run.
    ///
    /// # Errors
    /// The target is not in the history, or lies the other way.
    pub fn select<'h>(
        &self,
        history: &'h History,
        applied: &Applied,
        direction: Direction,
    ) -> Result<Vec<&'h Revision>> {
        match direction {
            Direction::Up => self.up(history, applied),
            Direction::Down => self.down(history, applied),
        }
    }

    fn up<'h>(&self, history: &'h History, applied: &Applied) -> Result<Vec<&'h Revision>> {
        // Revisions that were skipped are here only where that is allowed; they come first.
        let mut pending: Vec<&Revision> = applied.skipped(history).chain(applied.pending(history)).collect();
        match self {
            Target::Head if pending.is_empty() => {}
            // Their tool runs them whenever others ran before.
            Target::Head => pending.extend(history.revisions.iter().filter(|revision| revision.repeatable)),
            Target::Count(count) => pending.truncate(*count),
            Target::Version(version) => return up_to(history, applied, version, pending),
            Target::Base => {
                return Err(wrong_way(history, "base", "an upgrade can't lead there", "downgrade"));
            }
        }
        Ok(pending)
    }

    fn down<'h>(&self, history: &'h History, applied: &Applied) -> Result<Vec<&'h Revision>> {
        let mut newest_first: Vec<&Revision> =
            applied.revisions(history).filter(|one| !one.repeatable).collect();
        newest_first.reverse();
        match self {
            Target::Base => {}
            Target::Count(count) => newest_first.truncate(*count),
            Target::Version(version) => return down_to(history, applied, version, newest_first),
            Target::Head => {
                return Err(wrong_way(history, "head", "a downgrade can't lead there", "upgrade"));
            }
        }
        Ok(newest_first)
    }
}

/// Of the pending revisions, one and those before it; with branches, those that it comes after.
fn up_to<'h>(
    history: &'h History,
    applied: &Applied,
    version: &str,
    mut pending: Vec<&'h Revision>,
) -> Result<Vec<&'h Revision>> {
    let place = history.find(version)?;
    let wanted = &history.revisions[place];
    let is_passed = match &history.graph {
        None => applied.places.last().is_some_and(|newest| *newest > place),
        Some(graph) => {
            let there = applied.revisions(history).map(|one| one.version.as_str());
            applied.places.contains(&place) && !graph.heads_of(there).contains(&wanted.version.as_str())
        }
    };
    if is_passed {
        return Err(wrong_way(history, version, "it lies before the newest applied revision", "downgrade"));
    }
    match &history.graph {
        None => pending.retain(|one| history.position(one.id()).is_some_and(|at| at <= place)),
        Some(graph) => {
            let behind = graph.with_ancestors([wanted.version.as_str()]);
            pending.retain(|one| behind.contains(one.version.as_str()));
        }
    }
    Ok(pending)
}

/// Of the applied revisions, those after one; with branches, those that come after it.
fn down_to<'h>(
    history: &'h History,
    applied: &Applied,
    version: &str,
    mut newest_first: Vec<&'h Revision>,
) -> Result<Vec<&'h Revision>> {
    let place = history.find(version)?;
    let kept = &history.revisions[place];
    if !applied.places.contains(&place) {
        return Err(wrong_way(history, &kept.label(), "it is not applied", "upgrade"));
    }
    newest_first.retain(|one| match &history.graph {
        None => history.position(one.id()).is_some_and(|at| at > place),
        Some(graph) => {
            let follows = graph.with_ancestors([one.version.as_str()]).contains(kept.version.as_str());
            follows && one.version != kept.version
        }
    });
    Ok(newest_first)
}

fn wrong_way(history: &History, target: &str, why: &str, verb: &str) -> Fault {
    Fault::new(format!("no way to {target} from here"))
        .at(Place::file(&history.folder))
        .why(why)
        .next(format!("see `groundline {verb}`"))
}
