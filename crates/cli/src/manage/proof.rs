//! Whether a database's schema is that of a revision: by the lock, or by the history, played on a shadow.
//! Out: what is done with the answer.
//! Called by `stamp`, `adopt` and `repair`.

use crate::args::ServerArgs;
use crate::seen::{Seen, label};
use crate::settings::Project;
use crate::{console, identify};
use clap::Args;
use groundline_core::{Fault, Result};
use groundline_evidence::{Identity, render_identity};
use groundline_migrate::lock::LOCK_FILE;
use groundline_migrate::outcome::Identification;

/// How to go on where the schema does not prove what is to be recorded.
#[derive(Clone, Debug, Args)]
pub struct Unproven {
    /// Record it although the schema does not prove it; the reason is kept in the journal.
    #[arg(long, requires = "reason")]
    pub unproven: bool,
    /// Why.
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
}

/// Which revision the schema is, and by what that is known.
pub async fn identify(
    url: &str,
    project: &Project,
    seen: &Seen,
    server: &ServerArgs,
    nearest: usize,
) -> Result<Identity> {
    let scope = project.scope(None);
    if let Some(recognised) = seen.recognised() {
        let found = Identification {
            exact: recognised.revisions,
            order_only: recognised.order_only,
            recorded: seen.recorded.as_ref().map(|recorded| recorded.applied.clone()),
            nearest: Vec::new(),
        };
        let agrees = found.agrees(&seen.history);
        let known_by = format!("{LOCK_FILE}, on PostgreSQL {}", seen.schema.server);
        let database = seen.database.clone();
        return Ok(Identity { database, is_database: true, known_by, found, agrees });
    }
    identify::find(url, (project, &seen.history), server, scope, nearest).await
}

/// What proves that the schema is that of a revision ("" before the first): by what it is known. Nothing where it is
/// not proven, and need not be: then the lock alone is asked, and no server is started.
///
/// # Errors
/// It is another: the inner fault says which.
pub async fn prove(
    (url, server, unproven): (&str, &ServerArgs, &Unproven),
    project: &Project,
    seen: &Seen,
    wanted: &str,
) -> Result<Result<Option<String>, Fault>> {
    if unproven.unproven
        && !seen.recognised().is_some_and(|found| found.revisions.iter().any(|id| id == wanted))
    {
        console::say(&format!("nothing proves that the schema is that of {}", label(&seen.history, wanted)));
        return Ok(Ok(None));
    }
    let identity = identify(url, project, seen, server, 1).await?;
    if identity.found.exact.iter().any(|id| id == wanted) {
        return Ok(Ok(Some(identity.known_by)));
    }
    let is = |ids: &[String]| ids.iter().map(|id| label(&seen.history, id)).collect::<Vec<_>>().join(" or ");
    let why = match (&identity.found.exact[..], identity.found.nearest.first()) {
        ([], Some(nearest)) => format!(
            "it is that of no revision; nearest is {}, with {}, by {}",
            label(&seen.history, &nearest.version),
            groundline_evidence::count(nearest.differences.len(), "difference"),
            identity.known_by
        ),
        ([], None) => format!("it is that of no revision, by {}", identity.known_by),
        (exact, _) => format!("it is that of {}, by {}", is(exact), identity.known_by),
    };
    let what = format!("the schema is not that of {}", label(&seen.history, wanted));
    Ok(Err(Fault::new(what).why(why)))
}

/// Draws what a database is nearest to.
pub fn draw(identity: &Identity, seen: &Seen) -> String {
    render_identity(identity, &seen.history, console::look())
}
