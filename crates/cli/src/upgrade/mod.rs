//! The commands `plan`, `upgrade` and `downgrade`.
//! Out: the plan as data (`migrate::plan`), and running it (`pg::execute`).
//! Called by `main`.

pub mod args;
mod execute;
mod order;
mod permit;
mod planned;
mod show;

pub use execute::{operator, read as read_plan};
pub use show::{plan as plan_text, waits};

use crate::args::{Format, InProject, ServerArgs};
use crate::settings::Project;
use crate::{Exit, backup, console};
use args::{DowngradeArgs, Execution, LimitArgs, OnDatabase, PlanArgs, UpgradeArgs};
use groundline_core::{Fault, Result};
use groundline_evidence::{duration, json_text};
use groundline_migrate::plan::{Direction, Plan};

/// Runs `plan`. It only reads.
pub async fn plan(args: PlanArgs) -> Result<Exit> {
    let project = Project::open(&args.on.project.args())?;
    let is_down = args.down || args.target == "base" || args.target.starts_with('-');
    let direction = if is_down { Direction::Down } else { Direction::Up };
    let planned = match planned::make(
        &args.on,
        &project,
        &args.target,
        (direction, args.on.limits.over(None)),
    )
    .await?
    {
        Ok(planned) => planned,
        Err(fault) => return Ok(refuse(&fault)),
    };
    note(&planned);
    if let Some((took, backup)) = backup::rehearsed(&project, &planned.plan)? {
        let took = duration(u64::try_from(took.as_millis()).unwrap_or(u64::MAX));
        console::say(&format!("the rehearsal on the backup {backup} took {took}"));
    }
    if let Some(file) = &args.out {
        let text = json_text(&planned.plan)?;
        std::fs::write(file, text).map_err(|error| Fault::io("write the plan", file, &error))?;
    }
    print(&planned.plan, args.on.format)
}

/// Runs `upgrade`.
pub async fn upgrade(args: UpgradeArgs) -> Result<Exit> {
    let target = args.to.as_ref().unwrap_or(&args.target);
    run(&args.on, &args.execution, target, Direction::Up).await
}

/// Runs `downgrade`.
pub async fn downgrade(args: DowngradeArgs) -> Result<Exit> {
    run(&args.on, &args.execution, &args.target, Direction::Down).await
}

/// Brings a copy of a database on a shadow to a target, for `rehearse`.
pub async fn rehearse(
    (url, named, server): (&str, &InProject, &ServerArgs),
    project: &Project,
    target: &str,
) -> Result<execute::Ran> {
    let on = OnDatabase {
        url: url.to_owned(),
        project: named.clone(),
        server: server.clone(),
        limits: LimitArgs::default(),
        prove_order: false,
        format: Format::Text,
    };
    execute::rehearse((&on, &Execution::default(), project), target).await
}

async fn run(on: &OnDatabase, execution: &Execution, target: &str, direction: Direction) -> Result<Exit> {
    let project = Project::open(&on.project.args())?;
    if execution.dry_run {
        return match planned::make(on, &project, target, (direction, on.limits.over(None))).await? {
            Ok(planned) => {
                note(&planned);
                print(&planned.plan, on.format)
            }
            Err(fault) => Ok(refuse(&fault)),
        };
    }
    let (exit, ran) = execute::execute((on, execution, &project), target, direction).await?;
    execute::print(&ran, on.format)?;
    Ok(exit)
}

/// Says why not.
fn refuse(fault: &Fault) -> Exit {
    console::fault(fault);
    Exit::Findings
}

fn print(plan: &Plan, format: Format) -> Result<Exit> {
    console::data(&match format {
        Format::Json => json_text(plan)?,
        Format::Text => show::plan(plan),
    });
    Ok(Exit::Done)
}

/// Tells what speaks against a run, and what it does to the database; to plan it is not refused.
fn note(planned: &planned::Planned) {
    planned.drift.iter().for_each(console::note);
    planned.against.iter().for_each(|checked| console::note(&show::against(checked)));
    planned.hazards.iter().for_each(console::note);
}
