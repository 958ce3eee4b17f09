//! The command `adopt`: a live database is recognised by its schema, and its history table is made to say so; or a
//! history is copied from one tool's table to another's.
//! Out: recognising it (`proof`), writing (`settle`).
//! Called by `main`.

use super::proof;
use super::settle::{self, Held, Noted};
use super::stamp::{self, places};
use crate::args::{InProject, ServerArgs};
use crate::seen::label;
use crate::settings::Project;
use crate::{Exit, console};
use clap::Args;
use groundline_core::{Fault, Result};
use groundline_evidence::{Identity, count};
use groundline_migrate::history::Revision;
use groundline_pg::dialect::{Dialect, Restamp};
use groundline_pg::journal::EventKind;
use groundline_pg::standing::Recorded;
use serde_json::json;
use std::collections::BTreeSet;
use std::io::{IsTerminal as _, Write as _};

#[derive(Debug, Args)]
pub struct AdoptArgs {
    /// The database.
    #[arg(env = "DATABASE_URL", hide_env_values = true)]
    pub url: String,
    #[command(flatten)]
    pub project: InProject,
    #[command(flatten)]
    pub server: ServerArgs,
    /// Which of several revisions with the same schema it is at.
    #[arg(long, value_name = "VERSION")]
    pub at: Option<String>,
    /// Copy the history into the table of this layout's tool.
    #[arg(long, value_name = "LAYOUT")]
    pub to: Option<String>,
    /// Copy it from the table of this layout's tool; without it, from the folder's.
    #[arg(long, value_name = "LAYOUT", requires = "to")]
    pub from: Option<String>,
    /// Show what would be written, and write nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// Write without asking.
    #[arg(long)]
    pub yes: bool,
}

/// Runs `adopt`.
pub async fn run(args: AdoptArgs) -> Result<Exit> {
    let project = Project::open(&args.project.args())?;
    let held = Held::take(&args.url, &project).await?;
    let done = match &args.to {
        Some(to) => copy(&args, &held, to).await,
        None => adopt(&args, &project, &held).await,
    };
    done.or_else(|refused| {
        console::fault(&refused?);
        Ok(Exit::Findings)
    })
}

/// What was refused; or the fault by which it could not be done.
type Refused = Result<Fault>;

fn refuse<T>(fault: Fault) -> Result<T, Refused> {
    Err(Ok(fault))
}

async fn adopt(args: &AdoptArgs, project: &Project, held: &Held<'_>) -> Result<Exit, Refused> {
    let seen = &held.seen;
    if !seen.failed().is_empty() {
        let failed = seen.failed().join(", ");
        let fault = Fault::new("the history table says that a revision failed half-way").why(failed);
        return refuse(fault.next("see what is there, and how to settle it: groundline repair"));
    }
    let identity = proof::identify(&args.url, project, seen, &args.server, 3).await.map_err(Err)?;
    console::data(&proof::draw(&identity, seen));
    let wanted = match &args.at {
        Some(version) => places(&seen.history, version).map_err(Err)?,
        None => recognised(held, &identity)?,
    };
    let newest = stamp::id(&seen.history, &wanted);
    if !identity.found.exact.iter().any(|id| id == newest) {
        return refuse(Fault::new(format!("the schema is not that of {}", label(&seen.history, newest))));
    }
    let recorded = seen.recorded.as_ref().filter(|recorded| !recorded.applied.is_empty());
    if recorded.is_some() && !settle::says(&seen.history, &seen.applied, &wanted) {
        let says = label(&seen.history, seen.newest());
        let unknown = count(seen.applied.unknown.len(), "unknown version");
        let fault = Fault::new("the history table says something else than the schema")
            .why(format!(
                "it says {says}, with {unknown}; the schema is that of {}",
                label(&seen.history, newest)
            ))
            .next("where the schema is right: groundline stamp; where the table is right: groundline drift");
        return refuse(fault);
    }
    let restamp = held.restamp(&wanted, false).map_err(Err)?;
    let detail = json!({ "adopted": true, "proven_by": identity.known_by });
    write(args, held, &restamp, &wanted, detail).await
}

/// The revisions of the one that the schema is.
fn recognised(held: &Held<'_>, identity: &Identity) -> Result<BTreeSet<usize>, Refused> {
    let history = &held.seen.history;
    match &identity.found.exact[..] {
        [] => refuse(
            Fault::new("the database is at no revision, so nothing is written")
                .why("its history table would claim what its schema does not have")
                .next(
                    "bring it to a revision: the differences are above; or make what it has beyond one a revision of \
                     its own with `groundline revision`",
                ),
        ),
        [one] if one.is_empty() => Ok(BTreeSet::new()),
        [one] => places(history, one).map_err(Err),
        several => {
            let names: Vec<String> = several.iter().map(|id| label(history, id)).collect();
            refuse(
                Fault::new("several revisions have this schema")
                    .why(format!("{} change no schema, or take each other back", names.join(", ")))
                    .next("look at the rows that they write, and name the one it is at: --at VERSION"),
            )
        }
    }
}

async fn copy(args: &AdoptArgs, held: &Held<'_>, to: &str) -> Result<Exit, Refused> {
    let seen = &held.seen;
    let to = settle::dialect_named(to).map_err(Err)?;
    let from = source(args, held).await?;
    let [from_name, to_name] = [from.dialect, to].map(Dialect::table_name);
    if from_name == to_name {
        return refuse(Fault::new(format!("both tools keep their history in {from_name}")));
    }
    let wanted = from.applied_in(&seen.history).places;
    let there = settle::read(seen, to).await.map_err(Err)?;
    let restamp = Restamp::new(to, &seen.history, there.as_ref(), &wanted, false).map_err(Err)?;
    let detail = json!({ "copied_from": from_name, "table": to_name });
    let exit = write(args, held, &restamp, &wanted, detail).await?;
    if args.dry_run || exit != Exit::Done {
        return Ok(exit);
    }
    for dialect in [from.dialect, to] {
        let table = settle::read(seen, dialect).await.map_err(Err)?;
        if !table.is_some_and(|table| settle::says(&seen.history, &table.applied_in(&seen.history), &wanted))
        {
            let name = dialect.table_name();
            return refuse(Fault::new(format!("{name} does not say the same as the other table")));
        }
    }
    console::data(&format!(
        "{from_name} and {to_name} say the same; {from_name} is left as it is: whoever writes only one of them parts them\n"
    ));
    Ok(exit)
}

/// The history to copy: every version in it is applied, and known.
async fn source(args: &AdoptArgs, held: &Held<'_>) -> Result<Recorded, Refused> {
    let from = match &args.from {
        None => held.seen.recorded.clone(),
        Some(id) => {
            let from = settle::dialect_named(id).map_err(Err)?;
            settle::read(&held.seen, from).await.map_err(Err)?
        }
    };
    let Some(from) = from else {
        let fault = Fault::new("there is no history table to copy from");
        return refuse(fault.next("adopt the database first, without --to"));
    };
    let unknown = from.applied_in(&held.seen.history).unknown;
    if from.failed.is_empty() && unknown.is_empty() {
        return Ok(from);
    }
    let versions: Vec<&str> = from.failed.iter().chain(&unknown).map(String::as_str).collect();
    let name = from.dialect.table_name();
    let fault = Fault::new(format!("{name} has versions that failed, or that the folder does not have"));
    refuse(fault.why(versions.join(", ")).next("settle them first: groundline repair"))
}

/// Shows what would be written, asks, and writes.
async fn write(
    args: &AdoptArgs,
    held: &Held<'_>,
    restamp: &Restamp<'_>,
    wanted: &BTreeSet<usize>,
    detail: serde_json::Value,
) -> Result<Exit, Refused> {
    let history = &held.seen.history;
    let table = restamp.dialect.table_name();
    let newest = stamp::id(history, wanted);
    if restamp.is_empty() && held.seen.recorded.is_some() {
        console::data(&format!("{table} says so already: {}\n", label(history, newest)));
        return Ok(Exit::Done);
    }
    let rows: Vec<String> = restamp.record.iter().map(|revision| Revision::label(revision)).collect();
    console::data(&format!(
        "{table}: {} to record{}{}\n\n{}\n",
        count(rows.len(), "revision"),
        if rows.is_empty() { "" } else { ": " },
        rows.join(", "),
        held.shown(restamp, wanted).map_err(Err)?
    ));
    if args.dry_run {
        return Ok(Exit::Done);
    }
    if !args.yes && !asked() {
        return refuse(Fault::new("nothing is written without a yes").next("say it with --yes"));
    }
    held.write(restamp, wanted, Noted { kind: EventKind::Stamped, version: newest, detail })
        .await
        .map_err(Err)?;
    console::data(&format!("\n{table} says now: {}\n", label(history, newest)));
    Ok(Exit::Done)
}

/// Asks the person at the terminal; where there is none, the answer is no.
fn asked() -> bool {
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        return false;
    }
    let _ = write!(std::io::stderr(), "write it? [y/N] ");
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer).is_ok() && matches!(answer.trim(), "y" | "Y" | "yes")
}
