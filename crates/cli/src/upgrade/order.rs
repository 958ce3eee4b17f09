//! Revisions that are late: whether they yield, after the newest applied one, what they yield in their order.
//! Out: choosing them (`migrate::plan`). Called by the planning, with `--prove-order`.

use super::args::OnDatabase;
use crate::console;
use crate::operand::Loader;
use crate::settings::Project;
use groundline_catalog::{Snapshot, diff};
use groundline_core::{Fault, Place, Result};
use groundline_evidence::difference_line;
use groundline_migrate::applied::Applied;
use groundline_migrate::history::{History, Revision};
use groundline_migrate::plan::Plan;

/// How many differences the refusal lists, and the characters of their values.
const LISTED: usize = 8;
const VALUE: usize = 60;

/// Plays both orders on a shadow of the database's major. The inner fault says how their schemas differ.
pub async fn prove(
    on: &OnDatabase,
    project: &Project,
    history: &History,
    (applied, plan): (&Applied, &Plan),
    actual: &Snapshot,
) -> Result<Result<()>> {
    if applied.skipped(history).next().is_none() {
        return Ok(Ok(()));
    }
    let planned: Vec<usize> = plan.steps.iter().filter_map(|step| history.position(&step.revision)).collect();
    let late: Vec<usize> = applied.places.iter().chain(&planned).copied().collect();
    let mut in_order = late.clone();
    in_order.sort_unstable();
    let revisions = |places: &[usize]| {
        places.iter().map(|place| history.revisions[*place].clone()).collect::<Vec<Revision>>()
    };
    let mut loader = Loader::new(project, &on.server, project.scope(None));
    loader.match_major(actual);
    let both = async {
        let in_order = loader.replay(project, history, &revisions(&in_order)).await?;
        Ok((in_order, loader.replay(project, history, &revisions(&late)).await?))
    };
    let both: Result<(Snapshot, Snapshot)> = both.await;
    loader.finish().await?;
    let (in_order, late) = both?;
    let differences = diff(&in_order, &late);
    if in_order.fingerprint().schema == late.fingerprint().schema {
        console::say("both orders yield the same schema on a shadow");
        return Ok(Ok(()));
    }
    let unicode = console::look().unicode;
    let lines = differences.iter().take(LISTED).map(|one| difference_line(one, VALUE, unicode));
    let fault = Fault::new("revisions that are late yield another schema than in their order")
        .at(Place::file(&history.folder))
        .why(lines.collect::<Vec<_>>().join("\n"))
        .next("give them versions after the newest applied one");
    Ok(Err(fault))
}
