//! Executing a plan under the lease, until it is done, fails, or is stopped by a signal.
//! Out: the execution itself (`pg::execute`). Called by `upgrade` and `downgrade`.

use super::planned::{self, Planned};
use super::{args::Execution, args::OnDatabase, permit, show};
use crate::settings::Project;
use crate::signals::Signals;
use crate::{Exit, backup, console, drill};
use groundline_core::{Digest, Fault, Place, Result};
use groundline_evidence::json_text;
use groundline_migrate::plan::{Direction, Limits, Plan};
use groundline_pg::client;
use groundline_pg::execute::{Identity, Options, Run, Stop};
use groundline_pg::introspect::{self, Excluded};
use groundline_pg::lease::{self, Lease};
use groundline_pg::preflight::Verdict;
use serde::Serialize;
use std::path::Path;
use std::time::Duration;

/// How many revisions a line names one by one.
const MOST_NAMED: usize = 8;

/// What a run did, for `--format json`.
#[derive(Serialize)]
pub struct Ran {
    /// 1 at the time of writing.
    pub run_version: u32,
    pub direction: Direction,
    /// The ids of the revisions that are committed.
    pub done: Vec<String>,
    /// Those of the plan that are not.
    pub left: Vec<String>,
    /// Of the schema afterwards, where the run ended well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<Digest>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<Fault>,
}

impl Ran {
    /// Nothing yet.
    fn new(direction: Direction) -> Self {
        Self { run_version: 1, direction, done: Vec::new(), left: Vec::new(), fingerprint: None, fault: None }
    }

    /// What does not begin, which is told.
    fn refused(self, fault: Fault) -> Self {
        console::fault(&fault);
        Self { fault: Some(fault), ..self }
    }
}

/// Plans under the lease, and executes the plan.
pub async fn execute(
    (on, execution, project): (&OnDatabase, &Execution, &Project),
    target: &str,
    direction: Direction,
) -> Result<(Exit, Ran)> {
    let name = project.name();
    let mut signals = Signals::watch()?;
    let wait = Duration::from_secs(execution.wait);
    let take = lease::take(&on.url, &name, wait, &show::waits);
    let verb = if direction == Direction::Up { "upgrade" } else { "downgrade" };
    let mut ran = Ran::new(direction);
    let saved = execution.plan.as_deref().map(read).transpose()?;
    let limits = on.limits.over(saved.as_ref());
    // Planned under the lease: another run may have done the same meanwhile. The files are read while it is taken.
    let mut lease = None;
    let client = async {
        // The session that works is connected meanwhile.
        let (taken, client) = tokio::select! {
            taken = async { tokio::join!(take, client::connect(&on.url)) } => (taken.0?, taken.1?),
            _ = signals.next() => {
                return Err(Fault::new("stopped while another run was waited for").why("nothing was done"));
            }
        };
        // Whoever waits meanwhile is told what for.
        lease.insert(taken).name(&format!("groundline {verb} {name}")).await?;
        // A server may end a session that waited for long.
        if client.is_closed() { client::connect(&on.url).await } else { Ok(client) }
    };
    let planned = match planned::make_on(client, (on, project), target, (direction, limits)).await? {
        Ok(planned) => planned,
        Err(fault) => return Ok((Exit::Findings, ran.refused(fault))),
    };
    ran.left = planned.plan.steps.iter().map(|step| step.revision.clone()).collect();
    planned
        .against
        .iter()
        .filter(|one| one.verdict == Verdict::Warn)
        .for_each(|one| console::note(&show::against(one)));
    let allowed = match allow((project, &on.url), &planned, saved.as_ref(), execution) {
        Ok(detail) => backup::before_upgrade(project, &on.url, &planned.plan, &on.server)
            .await
            .map(|id| permit::with_backup(detail, id)),
        Err(fault) => Err(fault),
    };
    let detail = match allowed {
        Ok(detail) => detail,
        Err(fault) => return Ok((Exit::Findings, ran.refused(fault))),
    };
    if planned.plan.steps.is_empty() {
        ran.fingerprint = Some(planned.plan.fingerprint);
        return Ok((Exit::Done, ran));
    }
    let lease = lease.ok_or_else(|| Fault::new("planned without the lease"))?;
    let permitted = Permitted { planned, lease, limits, detail };
    carry_out((on, execution, project), permitted, ran, &mut signals).await
}

/// Executes the plan of a copy on a shadow, where nothing can be lost: the rules of production, drift and approvals don't count.
pub async fn rehearse(
    (on, execution, project): (&OnDatabase, &Execution, &Project),
    target: &str,
) -> Result<Ran> {
    let direction = Direction::Up;
    let mut ran = Ran::new(direction);
    let limits = on.limits.over(None);
    let planned = match planned::make(on, project, target, (direction, limits)).await? {
        Ok(planned) => planned,
        Err(fault) => return Ok(ran.refused(fault)),
    };
    if planned.plan.steps.is_empty() {
        return Ok(ran);
    }
    ran.left = planned.plan.steps.iter().map(|step| step.revision.clone()).collect();
    let lease = lease::take(&on.url, &project.name(), Duration::ZERO, &show::waits).await?;
    let permitted = Permitted { planned, lease, limits, detail: None };
    let (_, ran) = carry_out((on, execution, project), permitted, ran, &mut Signals::watch()?).await?;
    Ok(ran)
}

/// A plan that may run, and the lease under which it was made.
struct Permitted {
    planned: Planned,
    lease: Lease,
    limits: Limits,
    /// What the journal is to say of the run.
    detail: permit::Detail,
}

/// Executes a plan that may run.
async fn carry_out(
    (on, execution, project): (&OnDatabase, &Execution, &Project),
    Permitted { planned, lease, limits, detail }: Permitted,
    mut ran: Ran,
    signals: &mut Signals,
) -> Result<(Exit, Ran)> {
    let (name, direction) = (project.name(), planned.plan.direction);
    let options = options(limits, execution, planned.plan.empty);
    let (operator, stop, told) = (permit::operator(execution), Stop::default(), show::Told::new());
    let identity = Identity { project: &name, direction, operator: &operator, detail };
    let sources = (&planned.history, planned.dialect);
    let alembic = drill::alembic(project, &planned.history).await?;
    // The session that looked knows the catalogs already.
    let sessions = (lease, planned.client);
    let mut run = Run::begin(&on.url, sessions, identity, sources, (&options, &told, &stop)).await?;
    let driven = match &alembic {
        Some(alembic) => run.drive(alembic).await,
        None => Ok(()),
    };
    let done = match driven {
        Ok(()) => steps(&mut run, &planned.plan, &mut ran, signals, &stop).await,
        Err(fault) => Err(fault),
    };
    let ended = match done {
        Ok(()) => after(&mut run, &planned.plan, project, &mut ran).await,
        Err(fault) => Err(fault),
    };
    let exit = match ended {
        Ok(fingerprint) => {
            run.end(fingerprint).await?;
            Exit::Done
        }
        Err(fault) => {
            run.fail(&fault).await;
            console::fault(&fault);
            console::say(&outcome(&ran));
            ran.fault = Some(fault);
            Exit::Findings
        }
    };
    Ok((exit, ran))
}

fn options(limits: Limits, execution: &Execution, empty: bool) -> Options {
    Options {
        lock_timeout: Duration::from_millis(limits.lock_timeout_ms),
        statement_timeout: limits.statement_timeout_ms.map(Duration::from_millis),
        retries: limits.retries,
        unknown: execution.unknown,
        together: empty,
    }
}

/// Runs the steps. A signal cancels the statement that runs, and nothing new is begun.
async fn steps(
    run: &mut Run<'_>,
    plan: &Plan,
    ran: &mut Ran,
    signals: &mut Signals,
    stop: &Stop,
) -> Result<()> {
    let canceller = run.canceller();
    tokio::pin!(canceller);
    for planned in &plan.steps {
        let step = run.step(planned);
        tokio::pin!(step);
        let done = loop {
            tokio::select! {
                done = &mut step => break done,
                _ = signals.next(), if !stop.is_wished() => {
                    console::say("  stops: cancels the statement that runs");
                    stop.wish();
                }
                () = &mut canceller, if stop.is_wished() => {}
            }
        };
        done?;
        ran.done.push(ran.left.remove(0));
    }
    Ok(())
}

/// Compares the schema with the one that is locked for the last step.
async fn after(
    run: &mut Run<'_>,
    plan: &Plan,
    project: &Project,
    ran: &mut Ran,
) -> Result<groundline_catalog::Fingerprint> {
    let schema = introspect::read(run.client().await?, &Excluded::outside(project.scope(None))).await?;
    let fingerprint = schema.fingerprint();
    ran.fingerprint = Some(fingerprint.schema);
    match plan.steps.last().and_then(|step| step.expected.map(|expected| (step, expected))) {
        Some((step, expected)) if expected != fingerprint.schema => Err(Fault::new(format!(
            "the schema is not the one that is locked for {}",
            if plan.direction == Direction::Up {
                "the revision reached"
            } else {
                "the revision before the last down"
            }
        ))
        .at(Place::Object(format!("database {}", plan.database)))
        .why(format!(
            "after {} it is {}, and locked is {}",
            step.label,
            fingerprint.schema.short(),
            expected.short()
        ))
        .next("see the differences with `groundline drift`; all revisions of the plan are committed")),
        _ => Ok(fingerprint),
    }
}

/// Refuses a plan that is stale, drifted, against the rules of production, or loses data without an approval. Returns what
/// the journal is to say of the run.
fn allow(
    (project, url): (&Project, &str),
    planned: &Planned,
    saved: Option<&Plan>,
    execution: &Execution,
) -> Result<permit::Detail> {
    let plan = &planned.plan;
    if let Some(saved) = saved {
        saved.assert_current(plan)?;
    }
    let blocks = planned.against.iter().find(|one| one.verdict == Verdict::Block);
    if let Some(checked) = blocks.filter(|_| !plan.steps.is_empty()) {
        return Err(show::against(checked));
    }
    if let Some(drift) = planned.drift.clone().filter(|_| !execution.allow_drift) {
        return Err(drift);
    }
    let detail = permit::permit(project, url, plan, execution)?;
    if permit::needs_approvers(project, url)? {
        return Ok(detail);
    }
    let lost: Vec<String> = plan.destructive().map(|one| format!("{}: {}", one.place, one.text)).collect();
    let digest = plan.digest().to_string();
    let approved = execution
        .approve
        .as_ref()
        .is_some_and(|given| given.len() >= 12 && digest.starts_with(given.as_str()));
    match !plan.needs_approval || approved {
        true => Ok(detail),
        false => Err(Fault::new("the plan loses data, and nobody approved it")
            .why(lost.join("\n"))
            .next(format!("look at it with --dry-run, then: --approve {}", plan.digest().short()))),
    }
}

/// Reads a saved plan.
pub fn read(file: &Path) -> Result<Plan> {
    let text = std::fs::read_to_string(file).map_err(|error| Fault::io("read the plan", file, &error))?;
    serde_json::from_str(&text).map_err(|error| {
        Fault::new("the file is not a plan")
            .at(Place::file(file))
            .why(error.to_string())
            .next("make it anew: groundline plan --out FILE")
    })
}

/// What is committed and what is not.
fn outcome(ran: &Ran) -> String {
    let list = |ids: &[String]| match ids {
        [] => "none".to_owned(),
        [first, .., last] if ids.len() > MOST_NAMED => format!("{} from {first} to {last}", ids.len()),
        _ => ids.join(", "),
    };
    format!("committed: {}; not: {}", list(&ran.done), list(&ran.left))
}

/// Writes a run for people or programs.
pub fn print(ran: &Ran, format: crate::args::Format) -> Result<()> {
    match (format, ran.fingerprint) {
        (crate::args::Format::Json, _) => console::data(&json_text(ran)?),
        (_, Some(fingerprint)) if ran.fault.is_none() => {
            let revisions = groundline_evidence::count(ran.done.len(), "revision");
            let verb = if ran.direction == Direction::Up { "applied" } else { "reverted" };
            console::data(&format!("{revisions} {verb}; schema {}\n", fingerprint.short()));
        }
        _ => {}
    }
    Ok(())
}

/// Who runs it, as the operating system says.
pub fn operator() -> String {
    let named = ["USER", "LOGNAME"].into_iter().find_map(|name| std::env::var(name).ok());
    named.unwrap_or_else(|| format!("uid {}", rustix::process::getuid().as_raw()))
}
