//! The SQL of Alembic's revisions, as it was executed: played on a shadow, each statement with its line.
//! Out: judging it (`lint`). Called by the commands that judge revisions.

use super::Executed;
use crate::stage::{Play, Stage};
use groundline_catalog::Snapshot;
use groundline_core::Result;
use groundline_migrate::history::Revision;

/// One revision.
pub struct Rendered {
    /// The schema before it.
    pub before: Snapshot,
    /// What it had executed.
    pub statements: Vec<Executed>,
}

/// Plays some revisions, and then others, whose statements and schemas are kept. Nothing for a history that is not
/// Alembic's.
///
/// # Errors
/// What stops a revision, with its place.
pub async fn rendered(play: &Play<'_>, before: &[Revision], wanted: &[Revision]) -> Result<Vec<Rendered>> {
    let mut stage = Stage::open(play, "rendered").await?;
    stage.upgrade(before, &|_| ()).await.map_err(|(_, fault)| fault)?;
    let mut all = Vec::new();
    for revision in wanted {
        let schema = stage.read().await?;
        let Some(session) = &stage.alembic else { break };
        let statements = session.step_seen(revision, true).await?;
        all.push(Rendered { before: schema, statements });
    }
    stage.close().await?;
    Ok(all)
}
