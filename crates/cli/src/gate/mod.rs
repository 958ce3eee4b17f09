//! The commands `gate`, `sign` and `evidence`: the state of the definition of done, its signatures, and what both rest on.
//! Out: the checklist (`gate`), what is seen of a project (`seen`), drawing (`draw`).
//! Called by `main`; `check` ends with a line of it.

pub mod args;
mod draw;
mod evidence;
mod seen;
mod sign;

pub use evidence::run as evidence;
pub use sign::run as sign;

use crate::check::EVIDENCE;
use crate::settings::Project;
use crate::{Exit, console};
use args::{GateArgs, GateForm};
use groundline_core::Result;
use groundline_evidence::{Evidence, json_text};
use groundline_gate::{Gate, judge};
use std::path::{Path, PathBuf};

/// Where a project's evidence lies.
pub fn folder(project: &Project, given: Option<&Path>) -> PathBuf {
    given.map_or_else(|| project.folder.join(EVIDENCE), Path::to_owned)
}

/// The state of the checklist in a project.
pub fn state(project: &Project, evidence: &Path) -> Result<Gate> {
    let seen = seen::look(project, evidence, None)?;
    Ok(judge(&project.name(), &project.config.gate, &seen))
}

/// The same at the end of a run that is not written yet.
pub fn state_after(project: &Project, evidence: &Path, run: &Evidence) -> Result<Gate> {
    let seen = seen::look(project, evidence, Some(run))?;
    Ok(judge(&project.name(), &project.config.gate, &seen))
}

/// Runs `gate`.
pub async fn run(args: GateArgs) -> Result<Exit> {
    let project = Project::open(&args.project)?;
    let mut seen = seen::look(&project, &folder(&project, args.evidence.as_deref()), None)?;
    if let Some(url) = &args.url {
        seen.emergencies = seen::emergencies(&project, url).await?;
    }
    let gate = judge(&project.name(), &project.config.gate, &seen);
    console::data(&match args.format {
        GateForm::Text => draw::text(&gate),
        GateForm::Json => json_text(&gate)?,
        GateForm::Markdown => draw::markdown(&gate),
        GateForm::Junit => draw::junit(&gate),
        GateForm::Github => draw::github(&gate),
    });
    Ok(if gate.is_done() { Exit::Done } else { Exit::Findings })
}

/// The line that `check` ends with.
pub fn line(gate: &Gate) -> String {
    draw::line(gate)
}
