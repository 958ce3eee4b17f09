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
            Direction::Up => {
                // Revisions that were skipped are here only where that is allowed; they come first.
                let mut pending: Vec<&Revision> =
                    applied.skipped(history).chain(applied.pending(history)).collect();
                if matches!(self, Target::Head) && !pending.is_empty() {
                    // Their tool runs them whenever others ran before.
                    pending.extend(history.revisions.iter().filter(|revision| revision.repeatable));
                }
                let wanted = match self {
                    Target::Head => pending.len(),
                    Target::Count(count) => *count,
                    Target::Version(version) => {
                        let place = history.find(version)?;
                        let beyond = applied.places.last().is_some_and(|newest| *newest > place);
                        if beyond {
                            return Err(wrong_way(
                                history,
                                version,
                                "it lies before the newest applied revision",
                                "downgrade",
                            ));
                        }
                        pending
                            .iter()
                            .take_while(|one| history.position(one.id()).is_some_and(|at| at <= place))
                            .count()
                    }
                    Target::Base => {
                        return Err(wrong_way(history, "base", "an upgrade can't lead there", "downgrade"));
                    }
                };
                Ok(pending.into_iter().take(wanted).collect())
            }
            Direction::Down => {
                let newest_first: Vec<&Revision> =
                    applied.revisions(history).filter(|one| !one.repeatable).collect();
                let newest_first = newest_first.into_iter().rev();
                let keep = match self {
                    Target::Base => None,
                    Target::Count(count) => return Ok(newest_first.take(*count).collect()),
                    Target::Version(version) => Some(history.find(version)?),
                    Target::Head => {
                        return Err(wrong_way(history, "head", "a downgrade can't lead there", "upgrade"));
                    }
                };
                if let Some(place) = keep.filter(|place| !applied.places.contains(place)) {
                    let label = history.revisions[place].label();
                    return Err(wrong_way(history, &label, "it is not applied", "upgrade"));
                }
                let stays = |one: &&Revision| {
                    keep.is_some_and(|keep| history.position(one.id()).is_some_and(|at| at <= keep))
                };
                Ok(newest_first.take_while(|one| !stays(one)).collect())
            }
        }
    }
}

fn wrong_way(history: &History, target: &str, why: &str, verb: &str) -> Fault {
    Fault::new(format!("no way to {target} from here"))
        .at(Place::file(&history.folder))
        .why(why)
        .next(format!("see `groundline {verb}`"))
}
