//! The drill: up, down, up for each revision, comparing schemas, then the whole chain from head to zero.
//! Out: running one step (`run`), reading schemas (`introspect`), drawing the result (`evidence`).
//! Called by the commands `drill` and `check`.

mod chain;
mod revision;

use crate::stage::{Play, Stage};
use groundline_catalog::Snapshot;
use groundline_core::Result;
use groundline_migrate::history::{History, Revision};
use groundline_migrate::outcome::{DrillReport, Verdict};

/// Which revisions are drilled; those before them are only applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selection {
    /// Every revision, and then the chain.
    All,
    /// The newest so many.
    Newest(usize),
    /// This one.
    Only(String),
}

/// Who is told how far the drill is.
pub trait Progress: Sync {
    /// So many revisions will be played.
    fn begin(&self, total: usize);
    /// This one is being played now.
    fn at(&self, revision: &Revision);
}

/// A drill's report, and the schemas that it saw.
pub struct Drilled {
    /// The report.
    pub report: DrillReport,
    /// The schema before the first revision that was drilled.
    pub base: Snapshot,
    /// The schema after each revision that was drilled, with its id, in order; shorter where an up failed.
    pub yields: Vec<(String, Snapshot)>,
}

/// Drills a history. An error is what kept the drill itself from going on (no server, no such revision);
/// what the revisions do wrong is in the report.
pub async fn drill(play: &Play<'_>, selection: &Selection, progress: &dyn Progress) -> Result<Drilled> {
    let revisions = &play.history.revisions;
    let first = first_drilled(play.history, selection)?;
    let last = if matches!(selection, Selection::Only(_)) { first + 1 } else { revisions.len() };
    progress.begin(last);
    let mut stage = Stage::open(play, "drill").await?;
    if let Err((version, fault)) = stage.upgrade(&revisions[..first], &|revision| progress.at(revision)).await
    {
        let failed = revisions.iter().find(|revision| revision.version == version);
        let report = failed.map(|failed| revision::up_failed(failed, fault)).into_iter().collect();
        let base = stage.read().await?;
        stage.close().await?;
        return Ok(Drilled {
            report: DrillReport { revisions: report, chain: None },
            base,
            yields: Vec::new(),
        });
    }
    let mut drilled = Drilled {
        base: stage.read().await?,
        yields: Vec::new(),
        report: DrillReport { revisions: Vec::new(), chain: None },
    };
    for (at, revision) in revisions.iter().enumerate().take(last).skip(first) {
        progress.at(revision);
        let before = drilled.yields.last().map_or(&drilled.base, |(_, snapshot)| snapshot);
        let one = revision::drill(play, stage, at, before).await?;
        stage = one.stage;
        let failed = one.drill.verdict == Verdict::UpFails;
        drilled.report.revisions.push(one.drill);
        drilled.yields.extend(one.yields.map(|snapshot| (revision.id().to_owned(), snapshot)));
        if failed {
            break;
        }
    }
    if *selection == Selection::All && drilled.yields.len() == revisions.len() {
        drilled.report.chain = Some(chain::to_zero(&mut stage, revisions, &drilled.base).await?);
    }
    stage.close().await?;
    Ok(drilled)
}

fn first_drilled(history: &History, selection: &Selection) -> Result<usize> {
    match selection {
        Selection::All => Ok(0),
        Selection::Newest(count) => Ok(history.revisions.len().saturating_sub(*count)),
        Selection::Only(version) => history.find(version),
    }
}
