//! The command `repair`: says in words what is wrong with a database's history, and settles one thing at a time.
//! Out: looking (`diagnose`), what is found (`finding`), what a schema proves (`proof`).
//! Called by `main`.

mod diagnose;
mod finding;

use super::proof::{self, Unproven};
use super::settle::{Held, Noted};
use super::stamp;
use crate::args::{Format, InProject, ServerArgs};
use crate::seen::{Seen, label};
use crate::settings::Project;
use crate::{Exit, console};
use clap::Args;
use finding::{Finding, Kind};
use groundline_core::{Fault, Result};
use groundline_evidence::{Severity, json_text, render_fault};
use groundline_pg::dialect;
use groundline_pg::journal::{self, EventKind};
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeSet;

#[derive(Debug, Args)]
pub struct RepairArgs {
    /// The database.
    #[arg(env = "DATABASE_URL", hide_env_values = true)]
    pub url: String,
    #[command(flatten)]
    pub project: InProject,
    #[command(flatten)]
    pub server: ServerArgs,
    /// Record a revision as `applied` or `not-applied`, if the schema proves it.
    #[arg(long, num_args = 2, value_names = ["VERSION", "applied|not-applied"], conflicts_with = "rebless")]
    pub mark: Option<Vec<String>>,
    /// Record the checksum of a revision's file as it is now, if only comments, white space or line ends changed.
    #[arg(long, value_name = "VERSION")]
    pub rebless: Option<String>,
    /// Record it although its statements changed, too; the reason is kept in the journal.
    #[arg(long, requires = "rebless", requires = "reason")]
    pub accept_edit: bool,
    #[command(flatten)]
    pub unproven: Unproven,
    /// Form of the output.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// What was found.
#[derive(Serialize)]
struct Diagnosis {
    /// 1 at the time of writing.
    repair_version: u32,
    database: String,
    findings: Vec<Finding>,
}

/// Runs `repair`. Without an action it only reads.
pub async fn run(args: RepairArgs) -> Result<Exit> {
    let project = Project::open(&args.project.args())?;
    let settled = match (&args.mark, &args.rebless) {
        (Some(mark), _) => self::mark(&args, &project, mark).await?,
        (_, Some(version)) => rebless(&args, &project, version).await?,
        (None, None) => return show(&args, &project).await,
    };
    match settled {
        Ok(said) => {
            console::data(&format!("{said}\n"));
            Ok(Exit::Done)
        }
        Err(refused) => {
            console::fault(&refused);
            Ok(Exit::Findings)
        }
    }
}

async fn show(args: &RepairArgs, project: &Project) -> Result<Exit> {
    let seen = Seen::look(&args.url, project).await?;
    let findings = diagnose::diagnose(&seen, &project.name()).await?;
    let diagnosis = Diagnosis { repair_version: 1, database: seen.database.clone(), findings };
    console::data(&match args.format {
        Format::Json => json_text(&diagnosis)?,
        Format::Text => diagnosis.text(&seen),
    });
    Ok(if diagnosis.findings.is_empty() { Exit::Done } else { Exit::Findings })
}

impl Diagnosis {
    fn text(&self, seen: &Seen) -> String {
        let at = label(&seen.history, seen.newest());
        match &self.findings[..] {
            [] => format!("{} is at {at}; there is nothing to repair\n", self.database),
            findings => {
                let drawn = |finding: &Finding| {
                    render_fault(&finding.fault(), Severity::Warning, None, console::look())
                };
                let drawn: String = findings.iter().map(drawn).collect();
                format!("{} is at {at}\n\n{drawn}", self.database)
            }
        }
    }
}

/// Records one revision as applied or not.
async fn mark(args: &RepairArgs, project: &Project, mark: &[String]) -> Result<Result<String, Fault>> {
    let [version, word] = mark else { return Err(Fault::new("--mark takes a version and a word")) };
    let is_applied = match word.as_str() {
        "applied" => true,
        "not-applied" => false,
        other => return Err(Fault::new(format!("{other} is no mark")).next("say applied or not-applied")),
    };
    let held = Held::take(&args.url, project).await?;
    let history = &held.seen.history;
    let place = history.find(version)?;
    let mut wanted: BTreeSet<usize> = match held.seen.dialect()?.keeps_newest_only() {
        true => (0..place).collect(),
        false => held.seen.applied.places.clone(),
    };
    wanted.remove(&place);
    wanted.extend(is_applied.then_some(place));
    let newest = stamp::id(history, &wanted);
    let means = (args.url.as_str(), &args.server, &args.unproven);
    let known_by = match proof::prove(means, project, &held.seen, newest).await? {
        Ok(known_by) => known_by.unwrap_or_else(|| "nothing".to_owned()),
        Err(fault) => {
            let next = "finish or take back by hand what there is of it; to mark it all the same: --unproven --reason TEXT";
            return Ok(Err(fault.next(next)));
        }
    };
    let restamp = held.restamp(&wanted, false)?;
    let detail = json!({ "mark": word, "proven_by": known_by, "reason": args.unproven.reason });
    let id = history.revisions[place].id();
    held.write(&restamp, &wanted, Noted { kind: EventKind::Repaired, version: id, detail }).await?;
    let named = history.revisions[place].label();
    Ok(Ok(format!("{named} is recorded as {word}; proven by {known_by}")))
}

/// Records the checksum of a file as it is.
async fn rebless(args: &RepairArgs, project: &Project, version: &str) -> Result<Result<String, Fault>> {
    let held = Held::take(&args.url, project).await?;
    let seen = &held.seen;
    let revision = &seen.history.revisions[seen.history.find(version)?];
    let dialect = held.seen.dialect()?;
    let Some(statement) = dialect.rebless(revision)? else {
        return Ok(Err(Fault::new(format!("{}'s history table keeps no checksums", dialect.layout()))));
    };
    let edited = dialect::edited(&seen.client, dialect, &seen.history).await?;
    let Some(edited) = edited.iter().find(|edited| edited.revision == revision.id()) else {
        return Ok(Ok(format!("{} has the checksum that is recorded", revision.label())));
    };
    let events = journal::events(&seen.client, &project.name()).await?;
    let finding = diagnose::edit(seen, edited, &events);
    if finding.kind == Kind::Edited && !args.accept_edit {
        return Ok(Err(finding.fault()));
    }
    let detail = json!({ "reblessed": finding.why, "reason": args.unproven.reason });
    let noted = Noted { kind: EventKind::Repaired, version: revision.id(), detail };
    held.run(dialect, &statement, noted).await?;
    let left = dialect::edited(&seen.client, dialect, &seen.history).await?;
    match left.iter().any(|edited| edited.revision == revision.id()) {
        true => Err(Fault::new("the history table has another checksum than was written")),
        false => {
            Ok(Ok(format!("{}: its checksum is recorded as it is now; {}", revision.label(), finding.why)))
        }
    }
}
