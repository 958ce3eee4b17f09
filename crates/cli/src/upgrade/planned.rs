//! A plan of what is in the folder and what is in the database, both as they are now.
//! Out: running it (`run`), drawing it (`show`).
//! Called by `plan`, `upgrade` and `downgrade`.

use super::args::OnDatabase;
use super::{order, show};
use crate::lint;
use crate::seen::Seen;
use crate::settings::Project;
use groundline_catalog::{ObjectKind, Snapshot};
use groundline_core::{Fault, Result};
use groundline_lint::{Finding, Schema, Severity};
use groundline_migrate::applied::Applied;
use groundline_migrate::history::{History, Revision};
use groundline_migrate::lock::Lock;
use groundline_migrate::plan::{self, Direction, Known, Limits, Plan, Target};
use groundline_pg::client::{self, Client};
use groundline_pg::dialect::Dialect;
use groundline_pg::preflight::{self, Checked, Facts, Verdict};
use groundline_pg::standing;
use groundline_sql::{Script, created_extension};
use std::collections::BTreeSet;

/// A plan and what it was made of.
pub struct Planned {
    /// The session that looked.
    pub client: Client,
    pub plan: Plan,
    pub history: History,
    pub dialect: &'static dyn Dialect,
    /// The fingerprint that is locked for the revision that the database is at, where it is another than it has.
    pub drift: Option<Fault>,
    /// What speaks against the run on the server.
    pub against: Vec<Checked>,
    /// What its statements do to the database, by the rules of the lint.
    pub hazards: Vec<Fault>,
}

/// Plans, or says why there must be no plan. The database is only read.
pub async fn make(
    on: &OnDatabase,
    project: &Project,
    target: &str,
    bounds: (Direction, Limits),
) -> Result<Result<Planned>> {
    make_on(client::connect(&on.url), (on, project), target, bounds).await
}

/// The same on a connection.
pub async fn make_on(
    client: impl Future<Output = Result<Client>>,
    (on, project): (&OnDatabase, &Project),
    target: &str,
    (direction, limits): (Direction, Limits),
) -> Result<Result<Planned>> {
    let seen = Seen::look_on(client, project).await?;
    if let Some(recorded) = seen.recorded.as_ref().filter(|recorded| !recorded.failed.is_empty()) {
        return Ok(Err(dirty(recorded)));
    }
    let dialect = match seen.dialect() {
        Ok(dialect) => dialect,
        Err(fault) => return Ok(Err(fault)),
    };
    let now = Lock::of(&seen.history);
    let known = Known {
        project: project.name(),
        history_table: dialect.table_name(),
        database: seen.database.clone(),
        major: seen.schema.server.major(),
        recorded: seen.recorded.as_ref().map(|recorded| recorded.applied.clone()).unwrap_or_default(),
        fingerprint: seen.schema.fingerprint().schema,
        now: &now,
        lock: seen.lock.as_ref().map(|file| &file.lock),
        empty: holds_nothing(&seen.schema),
        limits,
        out_of_order: on.prove_order,
    };
    // A database in the middle of a revision has the schema of none.
    let is_between = !seen.unfinished(&known.project).await?.is_empty();
    let drift = if is_between { None } else { drift(&seen.applied, &known) };
    let Seen { client, history, applied, schema, .. } = &seen;
    let mut plan = match plan::make(history, applied, &Target::parse(target), direction, known) {
        Ok(plan) => plan,
        Err(fault) => return Ok(Err(fault)),
    };
    if on.prove_order && direction == Direction::Up {
        let orders = (applied, &plan);
        if let Err(fault) = Box::pin(order::prove(on, project, history, orders, schema)).await? {
            return Ok(Err(fault));
        }
    }
    let against = against(client, history, dialect, &plan).await?;
    let (codes, hazards): (BTreeSet<&str>, Vec<Fault>) =
        hazards((project, history), &plan, schema).into_iter().unzip();
    plan.hazards = codes.into_iter().map(str::to_owned).collect();
    let spoken = drift.iter().cloned().chain(against.iter().map(show::against));
    plan.findings = spoken.chain(hazards.iter().cloned()).collect();
    Ok(Ok(Planned { client: seen.client, plan, dialect, drift, against, hazards, history: seen.history }))
}

/// What is locked for the revisions that are applied, where the database has another schema.
fn drift(applied: &Applied, known: &Known<'_>) -> Option<Fault> {
    let count = applied.places.len();
    let is_first = applied.places.iter().copied().eq(0..count);
    let locked = known.lock.filter(|_| is_first)?.fingerprint_after(known.now, count, known.major)?.schema;
    (locked != known.fingerprint).then(|| {
        Fault::new("the schema is not the one that is locked for the revision that the database is at")
            .why(format!("locked is {}, and it is {}", locked.short(), known.fingerprint.short()))
            .next("see `groundline drift`; --allow-drift goes on all the same")
    })
}

/// What the ups of a plan do to a database of this schema, revision after revision, each with its rule's code.
fn hazards(
    (project, history): (&Project, &History),
    plan: &Plan,
    schema: &Snapshot,
) -> Vec<(&'static str, Fault)> {
    if plan.empty || plan.direction == Direction::Down {
        return Vec::new();
    }
    let mut facts = Schema::of(schema);
    let mut found = Vec::new();
    for step in &plan.steps {
        let revision = history.revisions.iter().find(|revision| revision.id() == step.revision);
        let Some(revision) = revision else { continue };
        let verdict = lint::judge_up((project, history), revision, &mut facts, schema.server.major());
        let findings = verdict.into_iter().flat_map(|verdict| verdict.findings);
        let loud = findings.filter(|finding| finding.severity > Severity::Note);
        let place = |one: &Finding| revision.up.place(&history.folder, one.span.start);
        let placed = loud.map(|one| (one.code, lint::fault(&one).at(place(&one))));
        found.extend(placed);
    }
    found
}

/// Whether there is nothing that holds rows, or that something that holds rows could be of.
fn holds_nothing(schema: &Snapshot) -> bool {
    use ObjectKind::{ForeignTable, MaterializedView, Sequence, Table};
    !schema.objects.keys().any(|id| matches!(id.kind, Table | ForeignTable | MaterializedView | Sequence))
}

/// The checks that did not pass, for the scripts of a plan.
async fn against(
    client: &Client,
    history: &History,
    dialect: &'static dyn Dialect,
    plan: &Plan,
) -> Result<Vec<Checked>> {
    let planned = |revision: &&Revision| plan.steps.iter().any(|step| step.revision == revision.id());
    let scripts = history.revisions.iter().filter(planned).map(|revision| revision.up.sql());
    let created = |sql: &str| -> Vec<String> {
        let statements = Script::parse(sql).statements;
        statements.iter().filter_map(|one| created_extension(&sql[one.span.range()])).collect()
    };
    let extensions = match plan.direction {
        Direction::Up => scripts.flat_map(created).collect(),
        Direction::Down => Vec::new(),
    };
    let facts = Facts { extensions, history_table: dialect.qualified_table() };
    let mut checked = preflight::look(client, &facts).await?;
    checked.retain(|one| one.verdict != Verdict::Pass);
    Ok(checked)
}

fn dirty(recorded: &standing::Recorded) -> Fault {
    Fault::new("the history table says that a revision failed half-way")
        .why(format!("{} records {}", recorded.dialect.table_name(), recorded.failed.join(", ")))
        .next("see what is there, and how to settle it: groundline repair")
}
