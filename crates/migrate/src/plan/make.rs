//! Making a plan of a history and of what is known of a database. Nothing is asked, nothing is changed.
//! Out: what is known (`pg`). Called by the commands.

use super::{Direction, Limits, PLAN_VERSION, Plan, PlanGroup, PlanStatement, PlanStep, Target};
use crate::applied::Applied;
use crate::history::{Down, History, Language, Revision, Step, Transaction};
use crate::layout::alembic::program;
use crate::lock::Lock;
use groundline_core::{Digest, Fault, LineIndex, Major, Place, Result, Span, in_parallel};
use groundline_sql::{Group, Script, destructive};

/// Characters of a statement that a plan shows.
const SHOWN: usize = 72;

/// What is known of the project and of the database.
pub struct Known<'a> {
    /// The project's name.
    pub project: String,
    /// The history table, `schema.table`.
    pub history_table: String,
    /// The database's name.
    pub database: String,
    /// Its major.
    pub major: Major,
    /// What its history table records.
    pub recorded: Vec<String>,
    /// The fingerprint of its schema.
    pub fingerprint: Digest,
    /// What the project's files would be locked as.
    pub now: &'a Lock,
    /// The project's lock, where it is of the scope that the fingerprint was measured in.
    pub lock: Option<&'a Lock>,
    /// Whether the database has nothing that a statement could take away.
    pub empty: bool,
    /// What bounds the run.
    pub limits: Limits,
    /// Whether revisions before the newest applied one may run after it.
    pub out_of_order: bool,
}

/// The plan that leads to a target.
///
/// # Errors
/// The database and the history are at odds, or the target can't be reached.
pub fn make(
    history: &History,
    applied: &Applied,
    target: &Target,
    direction: Direction,
    known: Known<'_>,
) -> Result<Plan> {
    at_odds(history, applied, direction, &known)?;
    let (mut steps, mut present) = (Vec::new(), applied.places.clone());
    let is_late = known.out_of_order && applied.skipped(history).next().is_some();
    // The lock has what revisions yield in their order.
    let lock = known.lock.filter(|_| !is_late);
    let selected = target.select(history, applied, direction)?;
    let parts = selected.iter().map(|revision| step_of(history, revision, direction));
    let parts = parts.collect::<Result<Vec<&Step>>>()?;
    let groups = in_parallel(&parts, |step| groups_of(history, step));
    for ((revision, step), groups) in selected.iter().zip(parts).zip(groups) {
        let place = history.position(revision.id()).unwrap_or_default();
        // What a down leaves is what the revisions before it yield.
        let count = if direction == Direction::Up { place + 1 } else { place };
        match direction {
            Direction::Up => present.insert(place),
            Direction::Down => present.remove(&place),
        };
        // Beside a branch that is not there, the lock knows of no such schema.
        let is_locked = history.graph.is_none() || present.iter().copied().eq(0..count);
        let lock = lock.filter(|_| is_locked);
        let expected = lock.and_then(|lock| lock.fingerprint_after(known.now, count, known.major));
        steps.push(PlanStep {
            revision: revision.id().to_owned(),
            label: revision.label(),
            file: step.file.clone(),
            chain: known.now.revisions[place].chain,
            groups,
            expected: expected.map(|fingerprint| fingerprint.schema),
        });
    }
    let mut plan = Plan {
        plan_version: PLAN_VERSION,
        project: known.project,
        layout: history.layout.to_owned(),
        history_table: known.history_table,
        database: known.database,
        direction,
        recorded: known.recorded,
        fingerprint: known.fingerprint,
        empty: known.empty,
        limits: known.limits,
        needs_approval: false,
        hazards: Vec::new(),
        findings: Vec::new(),
        steps,
    };
    let loses_data = plan.destructive().next().is_some();
    plan.needs_approval = loses_data;
    Ok(plan)
}

fn at_odds(history: &History, applied: &Applied, direction: Direction, known: &Known<'_>) -> Result<()> {
    if let Some(fault) = applied.unknown_fault(&known.history_table) {
        return Err(fault.at(Place::file(&history.folder)).next("bring the folder up to date"));
    }
    let skipped: Vec<String> = applied.skipped(history).map(Revision::label).collect();
    if direction == Direction::Up && !skipped.is_empty() && !known.out_of_order {
        return Err(Fault::new("revisions before the newest applied one are not applied")
            .at(Place::file(&history.folder))
            .why(format!("out of order: {}", skipped.join(", ")))
            .next(
                "give them a version after the newest applied one; or --prove-order: both orders are played on a \
                 shadow, and if they yield the same schema, it goes on",
            ));
    }
    Ok(())
}

/// The part of a revision that runs.
///
/// # Errors
/// There is no way down.
pub(super) fn step_of<'h>(
    history: &History,
    revision: &'h Revision,
    direction: Direction,
) -> Result<&'h Step> {
    let why = match (direction, &revision.down) {
        (Direction::Up, _) => return Ok(&revision.up),
        (Direction::Down, Down::Script(step)) => return Ok(step),
        (Direction::Down, Down::None) => "it has no down".to_owned(),
        (Direction::Down, Down::Irreversible(reason)) => {
            format!("its author declares it irreversible: {reason}")
        }
    };
    Err(Fault::new(format!("no way down from {}", revision.label()))
        .at(Place::file(history.folder.join(&revision.up.file)))
        .why(why)
        .next("nothing was run: choose a target after it, or restore a backup"))
}

fn groups_of(history: &History, step: &Step) -> Vec<PlanGroup> {
    if step.language == Language::Alembic {
        return vec![program_of(history, step)];
    }
    let script = Script::parse(step.sql());
    let groups = script.groups(step.transaction == Transaction::Wrapped);
    let (path, lines) = (history.folder.join(&step.file), LineIndex::new(&step.text));
    let group = |group: &Group| PlanGroup {
        transaction: !matches!(group, Group::Alone(_)),
        statements: script
            .members(group)
            .map(|at| {
                let span = script.statements[at].span;
                let text = &step.sql()[span.range()];
                PlanStatement {
                    place: Place::File {
                        path: path.clone(),
                        position: Some(lines.position(step.section.start + span.start)),
                    },
                    text: beginning(text),
                    destructive: destructive(text).map(str::to_owned),
                }
            })
            .collect(),
    };
    groups.iter().map(group).collect()
}

/// The statements of a program, which runs as a whole. What they do is known by their words only.
fn program_of(history: &History, step: &Step) -> PlanGroup {
    let statement = |span: Span| {
        let text = &step.sql()[span.range()];
        PlanStatement {
            place: step.place(&history.folder, span.start),
            text: beginning(text),
            destructive: program::lost(text).map(str::to_owned),
        }
    };
    let statements = program::statements(step.sql()).into_iter().map(statement).collect();
    PlanGroup { transaction: step.transaction == Transaction::Wrapped, statements }
}

fn beginning(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}
