//! The chain: the downs of all revisions, one after the other, from head to the empty database.
//! Out: the drill of single revisions (`revision`).
//! Called by `drill`.

use crate::stage::Stage;
use groundline_catalog::{Snapshot, diff};
use groundline_core::Result;
use groundline_migrate::history::{Down, Revision};
use groundline_migrate::outcome::{ChainDrill, Verdict};
use std::time::Instant;

/// Plays all downs from head and compares what is left with `base`. Stops at the first that is missing or
/// fails. The stage must be at head.
pub(super) async fn to_zero(
    stage: &mut Stage<'_>,
    revisions: &[Revision],
    base: &Snapshot,
) -> Result<ChainDrill> {
    let started = Instant::now();
    let mut chain = downs(stage, revisions).await?;
    if chain.stopped_at.is_none() {
        chain.differences = diff(base, &stage.read().await?);
        chain.verdict = super::revision::verdict_of(&chain.differences);
    }
    chain.milliseconds = started.elapsed().as_millis() as u64;
    Ok(chain)
}

/// The downs alone: `exact` when all of them ran.
async fn downs(stage: &mut Stage<'_>, revisions: &[Revision]) -> Result<ChainDrill> {
    let mut chain = ChainDrill {
        verdict: Verdict::Exact,
        reached: 0,
        stopped_at: None,
        differences: Vec::new(),
        error: None,
        milliseconds: 0,
    };
    for revision in revisions.iter().rev().filter(|revision| !revision.repeatable) {
        let stopped = match stage.downgrade(revision).await {
            Ok(true) => {
                chain.reached += 1;
                continue;
            }
            Ok(false) if matches!(revision.down, Down::Irreversible(_)) => Verdict::DeclaredIrreversible,
            Ok(false) => Verdict::NoDown,
            Err(fault) => {
                stage.assert_alive().await?;
                chain.error = Some(fault);
                Verdict::DownFails
            }
        };
        chain.verdict = stopped;
        chain.stopped_at = Some(revision.version.clone());
        break;
    }
    Ok(chain)
}
