//! The schema after each revision: a history played on a shadow and read after every step.
//! Out: downs (`drill`), and what the schemas are compared with.
//! Called by the commands `lock` and `identify`.

use crate::drill::Progress;
use crate::stage::{Play, Stage};
use groundline_catalog::Snapshot;
use groundline_core::{Fault, Result};

/// The schemas that a history yields.
pub struct Replayed {
    /// Before the first revision.
    pub empty: Snapshot,
    /// After each revision, with its id, in order; shorter where an up failed.
    pub yields: Vec<(String, Snapshot)>,
    /// The error of the revision that stopped it.
    pub stopped: Option<Fault>,
}

/// Plays a history from an empty database to head. An error is what kept it from being played at all.
pub async fn replay(play: &Play<'_>, progress: &dyn Progress) -> Result<Replayed> {
    let revisions = &play.history.revisions;
    progress.begin(revisions.len());
    let mut stage = Stage::open(play, "replay").await?;
    let mut replayed = Replayed { empty: stage.read().await?, yields: Vec::new(), stopped: None };
    for revision in revisions {
        progress.at(revision);
        if let Err((_, fault)) = stage.upgrade(std::slice::from_ref(revision), &|_| ()).await {
            stage.assert_alive().await?;
            replayed.stopped = Some(fault);
            break;
        }
        replayed.yields.push((revision.id().to_owned(), stage.read().await?));
    }
    stage.close().await?;
    Ok(replayed)
}
