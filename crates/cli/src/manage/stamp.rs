//! The command `stamp`: makes the history table say that a database is at a revision, without running anything.
//! Out: whether it is (`proof`), writing (`settle`).
//! Called by `main`.

use super::proof::{self, Unproven};
use super::settle::{Held, Noted};
use crate::args::{InProject, ServerArgs};
use crate::seen::label;
use crate::settings::Project;
use crate::{Exit, console};
use clap::Args;
use groundline_core::{Fault, Result};
use groundline_migrate::applied::Applied;
use groundline_migrate::history::{History, Revision};
use groundline_migrate::plan::Target;
use groundline_pg::journal::EventKind;
use serde_json::json;
use std::collections::BTreeSet;

#[derive(Debug, Args)]
pub struct StampArgs {
    /// The revision that the database is at: head, base, or a version.
    #[arg(value_name = "REVISION")]
    pub revision: String,
    /// The database.
    #[arg(env = "DATABASE_URL", hide_env_values = true)]
    pub url: String,
    #[command(flatten)]
    pub project: InProject,
    #[command(flatten)]
    pub server: ServerArgs,
    #[command(flatten)]
    pub unproven: Unproven,
    /// Empty the history table first: it has versions that the folder does not have.
    #[arg(long)]
    pub purge: bool,
    /// Show the statements, and write nothing.
    #[arg(long)]
    pub dry_run: bool,
}

/// Runs `stamp`.
pub async fn run(args: StampArgs) -> Result<Exit> {
    let project = Project::open(&args.project.args())?;
    let held = Held::take(&args.url, &project).await?;
    let wanted = places(&held.seen.history, &args.revision)?;
    let newest = id(&held.seen.history, &wanted);
    let restamp = held.restamp(&wanted, args.purge)?;
    let means = (args.url.as_str(), &args.server, &args.unproven);
    let known_by = match proof::prove(means, &project, &held.seen, newest).await? {
        Ok(known_by) => known_by,
        Err(fault) => {
            console::fault(&fault.next(
                "see how they differ with `groundline drift`; to stamp all the same: --unproven --reason TEXT",
            ));
            return Ok(Exit::Findings);
        }
    };
    let table = restamp.dialect.table_name();
    let named = label(&held.seen.history, newest);
    if args.dry_run {
        console::data(&format!("{}\n", held.shown(&restamp, &wanted)?));
        return Ok(Exit::Done);
    }
    if restamp.is_empty() {
        console::data(&format!("{table} says so already: {named}\n"));
        return Ok(Exit::Done);
    }
    let (recorded, forgotten) = (restamp.record.len(), restamp.forget.len());
    let detail = json!({
        "table": table, "recorded": recorded, "forgotten": forgotten, "purged": args.purge,
        "proven_by": known_by, "reason": args.unproven.reason,
    });
    held.write(&restamp, &wanted, Noted { kind: EventKind::Stamped, version: newest, detail }).await?;
    console::data(&format!(
        "{table} says now: {named} ({recorded} recorded, {forgotten} taken out)\n  proven by  {}\n",
        known_by.as_deref().unwrap_or("nothing")
    ));
    Ok(Exit::Done)
}

/// The revisions that are applied at `head`, `base` or a version.
pub fn places(history: &History, revision: &str) -> Result<BTreeSet<usize>> {
    match Target::parse(revision) {
        Target::Head => Ok((0..history.revisions.len()).collect()),
        Target::Base => Ok(BTreeSet::new()),
        Target::Version(version) => {
            let place = history.find(&version)?;
            let Some(graph) = &history.graph else { return Ok(Applied::up_to(place).places) };
            let behind = graph.with_ancestors([history.revisions[place].version.as_str()]);
            let is_behind = |at: &usize| behind.contains(history.revisions[*at].version.as_str());
            Ok((0..history.revisions.len()).filter(is_behind).collect())
        }
        Target::Count(_) => Err(Fault::new(format!("{revision} is no revision"))
            .why("what is stamped does not depend on what is recorded")
            .next("name head, base or a version")),
    }
}

/// The newest of some revisions; "" where there is none.
pub fn id<'h>(history: &'h History, places: &BTreeSet<usize>) -> &'h str {
    places.last().map_or("", |place| Revision::id(&history.revisions[*place]))
}
