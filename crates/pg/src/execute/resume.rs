//! What a run that died left of a revision: which of its parts are done, and which was begun.
//! Out: going on from there (`mod`, `alone`).

use super::Identity;
use crate::journal::{self, EventKind, Written};
use groundline_core::{Digest, Fault, Place, Result};
use tokio_postgres::Client;

/// The events of a revision that nothing closed, of one direction.
#[derive(Default)]
pub(super) struct Left(Vec<Written>);

impl Left {
    /// Reads the journal.
    pub(super) async fn read(client: &Client, identity: &Identity<'_>, version: &str) -> Result<Self> {
        let mut events = journal::unfinished(client, identity.project).await?;
        let direction = identity.direction.word();
        events.retain(|event| {
            event.version.as_deref() == Some(version) && event.direction.as_deref() == Some(direction)
        });
        Ok(Self(events))
    }

    /// Whether nothing of the revision is there: what was begun has failed, and was cleaned up.
    pub(super) fn has_nothing(&self) -> bool {
        let is_done =
            |event: &Written| matches!(event.kind(), Some(EventKind::GroupDone | EventKind::StatementDone));
        let statement = |event: &Written| event.statement.and_then(|at| usize::try_from(at).ok());
        let is_open = |event: &Written| statement(event).is_some_and(|at| self.begun(at).is_some());
        !self.0.iter().any(|event| is_done(event) || is_open(event))
    }

    /// Whether the part that begins with a statement is done.
    ///
    /// # Errors
    /// It is done, but was another then: the file was edited since.
    pub(super) fn is_done(&self, statement: usize, digest: Digest, place: &Place) -> Result<bool> {
        let done = self
            .of(statement)
            .find(|event| matches!(event.kind(), Some(EventKind::GroupDone | EventKind::StatementDone)));
        match done {
            None => Ok(false),
            Some(event) if event.digest.as_ref() == Some(&digest.to_string()) => Ok(true),
            Some(event) => Err(Fault::new("a part of this revision is done, and was edited since")
                .at(place.clone())
                .why(format!(
                    "run {} did it at {}, and did not come to the revision's end",
                    event.run, event.at
                ))
                .next(
                    "put the file back to what ran, run this again, and make the edit a revision of its own",
                )),
        }
    }

    /// What the journal has of a statement that was begun, where nothing says how it ended.
    pub(super) fn begun(&self, statement: usize) -> Option<&Written> {
        self.of(statement).last().filter(|event| event.kind() == Some(EventKind::StatementBegun))
    }

    fn of(&self, statement: usize) -> impl Iterator<Item = &Written> {
        self.0
            .iter()
            .filter(move |event| event.statement.and_then(|at| usize::try_from(at).ok()) == Some(statement))
    }
}
