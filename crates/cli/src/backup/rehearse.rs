//! The command `rehearse`: the revisions that a database lacks, applied to its newest backup on a shadow, each timed.
//! Out: applying them (`upgrade`), the backup on the shadow (`pg::backup`). Called by `main`, and by `upgrade`, which asks
//! whether a plan was rehearsed.

use super::args::RehearseArgs;
use super::{pick, shadow};
use crate::settings::Project;
use crate::{Exit, console, upgrade};
use groundline_core::{Digest, Result};
use groundline_evidence::{count, duration};
use groundline_migrate::plan::{Direction, Plan};
use groundline_pg::backup::{self, Kept, REHEARSAL_VERSION, Rehearsal, RehearsedStep, Trial};
use groundline_pg::journal::{self, EventKind};
use groundline_pg::server::Server;
use jiff::Timestamp;
use std::time::Duration;

/// Runs `rehearse`.
pub async fn run(args: RehearseArgs) -> Result<Exit> {
    let (project, folder) = args.place.open()?;
    let kept = pick(&folder, args.backup.as_deref())?;
    let server = shadow(&project, ("backup", kept.backup.major), &args.server).await?;
    let done = on_shadow(&args, &project, &server, &kept).await;
    server.stop().await?;
    let Some(rehearsal) = done? else { return Ok(Exit::Findings) };
    kept.keep_rehearsal(&rehearsal)?;
    console::data(&text(&kept, &rehearsal));
    Ok(if rehearsal.fault.is_none() { Exit::Done } else { Exit::Findings })
}

/// The rehearsal; nothing where the backup does not restore, which is told.
async fn on_shadow(
    args: &RehearseArgs,
    project: &Project,
    server: &Server,
    kept: &Kept,
) -> Result<Option<Rehearsal>> {
    let trial = match Trial::stand(server, kept).await? {
        Ok(trial) => trial,
        Err(fault) => {
            console::fault(&fault);
            return Ok(None);
        }
    };
    let rehearsal = apply(args, project, &trial).await;
    trial.end(server).await?;
    rehearsal.map(Some)
}

async fn apply(args: &RehearseArgs, project: &Project, trial: &Trial) -> Result<Rehearsal> {
    let at = Timestamp::now().to_string();
    let (url, target) = (trial.database.url(), args.target.as_str());
    // What production's journal has of earlier runs is in the backup, too.
    let client = trial.database.connect().await?;
    let before = journal::events(&client, &project.name()).await?.len();
    let ran = upgrade::rehearse((&url, &args.place.project, &args.server), project, target).await?;
    let events = journal::events(&client, &project.name()).await?;
    client.close().await;
    let applied = events[before.min(events.len())..]
        .iter()
        .filter(|event| event.kind() == Some(EventKind::RevisionApplied));
    let step = |event: &journal::Written| {
        Some(RehearsedStep {
            revision: event.version.clone()?,
            chain: event.chain.as_ref()?.parse().ok()?,
            milliseconds: u64::try_from(event.duration_ms?).ok()?,
        })
    };
    Ok(Rehearsal {
        rehearsal_version: REHEARSAL_VERSION,
        at,
        steps: applied.filter_map(step).collect(),
        fault: ran.fault,
    })
}

fn text(kept: &Kept, rehearsal: &Rehearsal) -> String {
    let line = |step: &RehearsedStep| format!("  {}  {}\n", step.revision, duration(step.milliseconds));
    let mut text: String = rehearsal.steps.iter().map(line).collect();
    let took = duration(rehearsal.milliseconds());
    let revisions = count(rehearsal.steps.len(), "revision");
    text.push_str(&format!("{revisions} on the backup {}: {took}\n", kept.backup.id));
    text
}

/// How long the steps of a plan took in the newest rehearsal of them on a backup of its database, and that backup's id.
pub fn rehearsed(project: &Project, plan: &Plan) -> Result<Option<(Duration, String)>> {
    if plan.direction == Direction::Down || plan.steps.is_empty() {
        return Ok(None);
    }
    let steps: Vec<(&str, Digest)> =
        plan.steps.iter().map(|step| (step.revision.as_str(), step.chain)).collect();
    let all = backup::list(&super::folder(project))?;
    let mut of_this = all.iter().rev().filter(|kept| kept.backup.database == plan.database);
    Ok(of_this.find_map(|kept| Some((kept.rehearsed(&steps)?, kept.backup.id.clone()))))
}
