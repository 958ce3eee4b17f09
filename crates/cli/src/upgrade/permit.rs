//! Whether a run may begin on a database of production: its operator, the window, the approvals of a plan that loses data.
//! Out: the rules themselves (`gate`), and making an approval (`approve`).
//! Called by the execution, before anything is done.

use super::args::Execution;
use crate::approve::Approval;
use crate::settings::Project;
use crate::{backup, console};
use groundline_core::{Fault, Result};
use groundline_gate::{Standing, ToApprove};
use groundline_migrate::plan::Plan;
use jiff::Timestamp;
use serde_json::{Value, json};

/// What the journal is to say of a run that may begin.
pub type Detail = Option<Value>;

/// Lets a run begin, or says why not.
///
/// # Errors
/// Somebody else must run it, at another time, or somebody must approve it first.
pub fn permit(project: &Project, url: &str, plan: &Plan, execution: &Execution) -> Result<Detail> {
    let config = &project.config;
    if plan.steps.is_empty() || plan.empty || !project.is_production(url)? {
        return Ok(emergency(execution));
    }
    let operator = operator(execution);
    config.owners.assert_operator(&operator)?;
    let (now, rehearsed) = (Timestamp::now(), backup::rehearsed(project, plan)?);
    if rehearsed.is_none() && matches!(config.windows.at(now), Standing::Open(Some(_))) {
        console::note(
            &Fault::new("whether the run fits into the window is not known")
                .why("no backup of this database was brought to these revisions yet")
                .next("make a backup, and try them on it: groundline rehearse"),
        );
    }
    match (config.windows.assert_open(now, rehearsed.map(|(took, _)| took)), &execution.reason) {
        (Ok(()), _) => {}
        (Err(closed), Some(reason)) if execution.emergency => {
            console::note(
                &Fault::new("an emergency: the run begins outside the window, which is logged, and asks for a sign-off later")
                    .why(format!("{reason}; {}", closed.why.unwrap_or_default())),
            );
        }
        (Err(closed), _) => return Err(closed),
    }
    let approved = approved(project, plan, &execution.approval)?;
    if !config.owners.approvers.is_empty() {
        let asked =
            ToApprove { files: &files(plan), loses_data: plan.needs_approval, hazards: &plan.hazards };
        config.owners.assert_approved(&operator, &approved, &asked)?;
    }
    let detail = emergency(execution).unwrap_or_else(|| json!({}));
    Ok(match (approved.is_empty(), detail) {
        (true, detail) if detail == json!({}) => None,
        (_, mut detail) => {
            detail["approved_by"] = json!(approved);
            Some(detail)
        }
    })
}

/// Whether approvers are named for a database, so that a digest on the command line is not enough.
pub fn needs_approvers(project: &Project, url: &str) -> Result<bool> {
    Ok(!project.config.owners.approvers.is_empty() && project.is_production(url)?)
}

/// The same with the backup that the run began with.
pub fn with_backup(detail: Detail, backup: Option<String>) -> Detail {
    let Some(backup) = backup else { return detail };
    let mut detail = detail.unwrap_or_else(|| json!({}));
    detail["backup"] = json!(backup);
    Some(detail)
}

fn emergency(execution: &Execution) -> Detail {
    let reason = execution.reason.as_ref().filter(|_| execution.emergency)?;
    Some(json!({ "emergency": { "reason": reason, "operator": operator(execution) } }))
}

/// The files of a plan, as patterns of approvers name them.
fn files(plan: &Plan) -> Vec<String> {
    plan.steps.iter().map(|step| step.file.display().to_string()).collect()
}

/// Who approved this very plan, by signatures that hold.
fn approved(project: &Project, plan: &Plan, given: &[std::path::PathBuf]) -> Result<Vec<String>> {
    given.iter().map(|file| Approval::read(file)?.approver(project, plan, file)).collect()
}

/// Who runs it.
pub fn operator(execution: &Execution) -> String {
    execution.operator.clone().unwrap_or_else(super::operator)
}
