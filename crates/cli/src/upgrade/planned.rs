//! A plan of what is in the folder and what is in the database, both as they are now.
//! Out: running it (`run`), drawing it (`show`).
//! Called by `plan`, `upgrade` and `downgrade`.

use super::args::OnDatabase;
use super::order;
use crate::settings::Project;
use crate::{drill, locked};
use groundline_catalog::{ObjectKind, Snapshot};
use groundline_core::{Fault, Place, Result};
use groundline_migrate::applied::Applied;
use groundline_migrate::history::{History, Revision};
use groundline_migrate::lock::LockFile;
use groundline_migrate::plan::{self, Direction, Known, Plan, Target};
use groundline_pg::client::{self, Client};
use groundline_pg::dialect::Dialect;
use groundline_pg::introspect::{Excluded, Reader};
use groundline_pg::preflight::{self, Checked, Facts, Verdict};
use groundline_pg::{journal, stage, standing};
use groundline_sql::{Script, created_extension};

/// A plan and what it was made of.
pub struct Planned {
    pub plan: Plan,
    pub history: History,
    pub dialect: &'static dyn Dialect,
    /// The fingerprint that is locked for the revision that the database is at, where it is another than it has.
    pub drift: Option<Fault>,
    /// What speaks against the run on the server.
    pub against: Vec<Checked>,
}

/// Plans, or says why there must be no plan. The database is only read.
pub async fn make(
    on: &OnDatabase,
    project: &Project,
    target: &str,
    direction: Direction,
) -> Result<Result<Planned>> {
    let client = client::connect(&on.url).await?;
    let history = drill::history(project)?;
    if let Err(fault) = written_by_us(&history) {
        return Ok(Err(fault));
    }
    let scope = project.scope(None);
    let mut reader = Reader::through_poolers(Excluded::outside(scope.clone()));
    let standing = standing::look(&client, &mut reader, &stage::dialects_of(&history)).await?;
    let (dialect, applied, recorded) = match &standing.history {
        Some(recorded) if !recorded.failed.is_empty() => return Ok(Err(dirty(recorded))),
        Some(recorded) => {
            let applied = Applied::recorded(&history, recorded.recording());
            (recorded.dialect, applied, recorded.applied.clone())
        }
        None => match only(&history) {
            Ok(dialect) => (dialect, Applied::default(), Vec::new()),
            Err(fault) => return Ok(Err(fault)),
        },
    };
    let file = locked::in_scope(LockFile::load(&history.folder)?, &scope);
    let (schema, table) = dialect.table();
    let fingerprint = standing.schema.fingerprint();
    let major = standing.schema.server.major();
    let known = Known {
        project: project.name(),
        history_table: format!("{schema}.{table}"),
        database: database(&client).await?,
        major,
        recorded,
        fingerprint: fingerprint.schema,
        lock: file.as_ref().map(|file| &file.lock),
        empty: holds_nothing(&standing.schema),
        out_of_order: on.prove_order,
    };
    let is_first = applied.places.iter().copied().eq(0..applied.places.len());
    let expected = known.lock.filter(|_| is_first);
    let expected = expected.and_then(|lock| lock.fingerprint_after(&history, applied.places.len(), major));
    // A database in the middle of a revision has the schema of none.
    let is_between = !journal::unfinished(&client, &known.project).await?.is_empty();
    let drift = expected
        .filter(|_| !is_between)
        .filter(|expected| expected.schema != fingerprint.schema)
        .map(|expected| {
            Fault::new("the schema is not the one that is locked for the revision that the database is at")
                .why(format!(
                    "locked is {}, and it is {}",
                    expected.schema.short(),
                    fingerprint.schema.short()
                ))
                .next("see `groundline drift`; --allow-drift goes on all the same")
        });
    let plan = match plan::make(&history, &applied, &Target::parse(target), direction, known) {
        Ok(plan) => plan,
        Err(fault) => return Ok(Err(fault)),
    };
    if on.prove_order && direction == Direction::Up {
        let orders = (&applied, &plan);
        if let Err(fault) = Box::pin(order::prove(on, project, &history, orders, &standing.schema)).await? {
            return Ok(Err(fault));
        }
    }
    let against = against(&client, &history, dialect, &plan).await?;
    Ok(Ok(Planned { plan, history, dialect, drift, against }))
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

/// Refuses a history whose table only its own tool writes: on a live database that tool has to run it.
pub fn written_by_us(history: &History) -> Result<()> {
    match stage::dialect_of(history)?.is_written_by_tool() {
        false => Ok(()),
        true => Err(Fault::new(format!(
            "a live database's history of {} is not written yet",
            history.layout
        ))
        .at(Place::file(&history.folder))
        .why("its own tool alone writes its history table, with each revision and each stamp")
        .next(
            "run it there: alembic upgrade, downgrade or stamp; `current` and `drift` look at what it did",
        )),
    }
}

/// The history table to make, where none is there: it must be clear whose.
pub fn only(history: &History) -> Result<&'static dyn Dialect> {
    if history.alternatives.is_empty() {
        return stage::dialect_of(history);
    }
    let layouts: Vec<&str> = std::iter::once(&history.layout).chain(&history.alternatives).copied().collect();
    Err(Fault::new("whose history table the database is to have is not clear")
        .at(Place::file(&history.folder))
        .why(format!("the folder reads alike as {}", layouts.join(", ")))
        .next("name the layout with --layout, or in groundline.toml"))
}

fn dirty(recorded: &standing::Recorded) -> Fault {
    let (schema, table) = recorded.dialect.table();
    Fault::new("the history table says that a revision failed half-way")
        .why(format!("{schema}.{table} records {}", recorded.failed.join(", ")))
        .next("see what is there, and how to settle it: groundline repair")
}

pub async fn database(client: &Client) -> Result<String> {
    let row = client.query_one("SELECT pg_catalog.current_database()::text", &[]).await;
    row.map(|row| row.get(0)).map_err(|error| client::fault(&error))
}
