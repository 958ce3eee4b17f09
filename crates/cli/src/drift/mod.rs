//! The command `drift`: how a database differs from the revision that it is at.
//! Out: a look at it (`look`), looks that are kept (`kept`), what is expected (`expected`, `without_server`), looking again (`watch`), drawing (`evidence`).
//! Called by `main`.

pub mod expected;
pub mod kept;
mod look;
mod watch;
mod without_server;

use crate::args::{DriftArgs, Format};
use crate::settings::Project;
use crate::{Exit, console, unless_interrupted};
use groundline_core::Result;
use groundline_evidence::{DriftState, json_text, render_drift};
use kept::Look;
use look::Looker;
use std::time::Duration;

/// Runs `drift`.
pub async fn run(args: DriftArgs) -> Result<Exit> {
    let project = Project::open(&args.project.args())?;
    let looker = Looker::new(&args, &project)?;
    match args.watch {
        Some(seconds) => watch::watch(looker, &project, &args, Duration::from_secs(seconds)).await,
        None => unless_interrupted(once(looker, &project, &args)).await,
    }
}

async fn once(mut looker: Looker<'_>, project: &Project, args: &DriftArgs) -> Result<Exit> {
    let looked = looker.look().await;
    if args.keep {
        Look::new(&args.url, &looked).keep(project)?;
    }
    let seen = looked?;
    console::data(&match args.format {
        Format::Json => json_text(&seen.report)?,
        Format::Text => render_drift(&seen.report, seen.compared.as_ref(), args.all, console::look()),
    });
    Ok(exit(seen.report.state))
}

/// The exit status of a state.
fn exit(state: DriftState) -> Exit {
    match state {
        DriftState::None => Exit::Done,
        DriftState::Drift | DriftState::Dirty => Exit::Findings,
        DriftState::Unknown => Exit::CouldNot,
    }
}
