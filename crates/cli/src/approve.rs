//! The command `approve`: a person signs one very plan, and `upgrade` verifies it.
//! Out: who can approve what (`gate`), signing (`signing`).
//! Called by `main` and the execution.

use crate::args::InProject;
use crate::settings::Project;
use crate::{Exit, console, signing, upgrade};
use clap::Args;
use groundline_core::{Fault, Place, Result};
use groundline_evidence::json_text;
use groundline_gate::{Signature, Statement};
use groundline_migrate::plan::Plan;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// The first line of what is signed.
const TITLE: &str = "groundline approval 1";

#[derive(Debug, Args)]
pub struct ApproveArgs {
    /// The plan, as `groundline plan --out` wrote it.
    pub plan: PathBuf,
    /// Who approves: a name of [owners] approvers.
    #[arg(long = "as", value_name = "NAME", env = "GROUNDLINE_OPERATOR")]
    pub approver: Option<String>,
    /// The key: a private key's file, or a public one's, for which the agent or a hardware key signs.
    #[arg(long, value_name = "FILE")]
    pub key: Option<PathBuf>,
    /// Why it is approved.
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
    /// The approval; PLAN.NAME.approval without it.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    #[command(flatten)]
    pub project: InProject,
}

/// An approval as it is kept.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    statement: Statement,
    signature: Signature,
}

/// Runs `approve`.
pub async fn run(args: ApproveArgs) -> Result<Exit> {
    let project = Project::open(&args.project.args())?;
    let plan = upgrade::read_plan(&args.plan)?;
    let name = args.approver.clone().unwrap_or_else(upgrade::operator);
    let approver = named(&project, &name)?;
    let facts = [
        ("project", plan.project.clone()),
        ("database", plan.database.clone()),
        ("plan", plan.digest().to_string()),
        ("approver", name.clone()),
        ("at", Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()),
        ("reason", args.reason.clone().unwrap_or_default()),
    ];
    let facts = facts.map(|(fact, value)| (fact.to_owned(), value)).to_vec();
    let statement = Statement { title: TITLE.to_owned(), facts };
    let signature = signing::sign_as(approver, args.key.as_deref(), &statement)?;
    let file = args.out.unwrap_or_else(|| {
        let mut file = args.plan.clone().into_os_string();
        file.push(format!(".{name}.approval"));
        file.into()
    });
    let text = json_text(&Approval { statement, signature })?;
    std::fs::write(&file, text).map_err(|error| Fault::io("write the approval", &file, &error))?;
    console::data(&upgrade::plan_text(&plan));
    console::data(&format!("approved by {name}: {}\n", file.display()));
    Ok(Exit::Done)
}

fn named<'p>(project: &'p Project, name: &str) -> Result<&'p groundline_gate::Approver> {
    project.config.owners.approver(name).ok_or_else(|| {
        let names: Vec<&str> = project.config.owners.approvers.iter().map(|one| one.name.as_str()).collect();
        Fault::new(format!("{name} is none of the approvers"))
            .why(format!(
                "[owners] approvers are {}",
                if names.is_empty() { "none".to_owned() } else { names.join(", ") }
            ))
            .next("--as NAME says who approves")
    })
}

impl Approval {
    /// Of a file.
    ///
    /// # Errors
    /// It is none.
    pub fn read(file: &Path) -> Result<Self> {
        let text =
            std::fs::read_to_string(file).map_err(|error| Fault::io("read the approval", file, &error))?;
        serde_json::from_str(&text).map_err(|error| {
            Fault::new("the file is no approval").at(Place::file(file)).why(error.to_string())
        })
    }

    /// Who approved a plan by it.
    ///
    /// # Errors
    /// It is of another plan, by nobody who can approve, or its signature does not hold.
    pub fn approver(&self, project: &Project, plan: &Plan, file: &Path) -> Result<String> {
        let refused =
            |fault: Fault| Fault { what: format!("the approval does not count: {}", fault.what), ..fault };
        let name = self.statement.fact("approver").unwrap_or_default();
        let approver = named(project, name).map_err(refused)?;
        let verified = self.signature.verify(&approver.key, &self.statement.text());
        verified.map_err(|fault| refused(fault).at(Place::file(file)))?;
        let wrong =
            |why: String| Err(Fault::new("the approval does not count").at(Place::file(file)).why(why));
        if self.statement.title != TITLE {
            return wrong(format!("it is a {:?}", self.statement.title));
        }
        if approver.is_expired(Timestamp::now()) {
            return wrong(format!("the key of {name} is over: [owners] approvers, until"));
        }
        let digest = plan.digest().to_string();
        match self.statement.fact("plan") == Some(&digest) {
            true => Ok(name.to_owned()),
            false => wrong(format!(
                "it is of plan {}, and this is plan {}",
                &self.statement.fact("plan").unwrap_or_default().chars().take(12).collect::<String>(),
                plan.digest().short()
            )),
        }
    }
}
