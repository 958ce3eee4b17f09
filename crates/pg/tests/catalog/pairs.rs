//! For every edit of the suite, the statements from before to after and back: they run, the schema is the wanted one, a
//! second plan is empty, and `pg_dump` prints the same, but for exceptions that a case names. What is refused is counted;
//! what is wrong stands in `pairs.txt`, and nothing else may be wrong. One case of `SAMPLE` is tried; `GROUNDLINE_CASE`
//! names others by parts of their titles, with `|` between; `just pairs` (`GROUNDLINE_PAIRS=all`) tries all of them, and
//! with `GROUNDLINE_UPDATE=1` writes that file anew. With `GROUNDLINE_ROWS` (`rows`) the statements meet a row in every
//! table: one that fails is announced by a question to the rows, and runs once they are gone.

use crate::cases::{self, Case};
use crate::oracle::{changes, dump};
use crate::rows;
use crate::support::{Database, Shelf, server};
use crate::world;
use groundline_catalog::ddl::{Options, Plan, plan};
use groundline_catalog::{Snapshot, diff};
use groundline_pg::introspect;
use std::collections::{BTreeMap, VecDeque};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

/// How many pairs are tried at a time.
const WORKERS: usize = 3;

/// One of how many cases is tried, where nobody asks for all.
const SAMPLE: usize = 6;

/// How the fault begins that `pg_dump` alone sees.
const PRINTED_OTHERWISE: &str = "pg_dump prints otherwise";

/// A schema and its dump.
pub struct State {
    pub schema: Snapshot,
    pub dump: Option<String>,
}

impl State {
    pub async fn of(database: &Database) -> Self {
        let schema = introspect::read(&database.client, &world::full().with_needs()).await.expect("a schema");
        Self { schema, dump: dump(database).await }
    }
}

/// What became of a pair.
pub enum Outcome {
    Solved,
    /// Solved, once rows were gone that were said to be in the way.
    Announced(String),
    Refused(String),
    Wrong(String),
}

#[tokio::test(flavor = "multi_thread")]
async fn every_edit_is_made_and_taken_back_by_statements() {
    let original = world::database().await;
    let kind = world::kind(&original).await;
    let only = std::env::var("GROUNDLINE_CASE").unwrap_or_default();
    let mut wanted = cases::of_server(&["edits", "same"], &kind);
    let all = std::env::var_os("GROUNDLINE_PAIRS").is_some_and(|which| which == "all");
    let mut at = 0;
    wanted.retain(|case| {
        at += 1;
        only.split('|').any(|part| case.title.contains(part)) && (all || !only.is_empty() || at % SAMPLE == 0)
    });
    let queue = Arc::new(Mutex::new(VecDeque::from(wanted)));
    let shelf = Arc::new(original.shelve().await);
    let workers = (0..WORKERS).map(|_| tokio::spawn(work(queue.clone(), shelf.clone())));
    let mut outcomes = BTreeMap::new();
    for worker in workers.collect::<Vec<_>>() {
        outcomes.extend(worker.await.expect("a worker ends"));
    }
    Arc::into_inner(shelf).expect("all workers ended").remove().await;
    judge(&outcomes, all && only.is_empty());
}

fn judge(outcomes: &BTreeMap<String, Outcome>, all: bool) {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/catalog/pairs.txt"));
    let text = std::fs::read_to_string(&path).unwrap_or_default();
    let known: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    let (mut solved, mut announced, mut refused) = (0, 0, 0);
    let (mut wrong, mut surprises) = (Vec::new(), Vec::new());
    for (pair, outcome) in outcomes {
        let is_known = known.contains(&pair.as_str());
        match outcome {
            Outcome::Solved => solved += 1,
            Outcome::Announced(what) => {
                announced += 1;
                eprintln!("announced: {pair}: {what}");
            }
            Outcome::Refused(why) => {
                refused += 1;
                eprintln!("refused: {pair}: {why}");
            }
            Outcome::Wrong(why) => {
                wrong.push(pair.as_str());
                if !is_known {
                    surprises.push(format!("{pair}: {why}"));
                }
                continue;
            }
        }
        if is_known {
            surprises.push(format!("{pair}: it is not wrong any more"));
        }
    }
    eprintln!(
        "{} pairs: {solved} solved, {announced} solved after what was announced, {refused} refused, {} wrong",
        outcomes.len(),
        wrong.len()
    );
    if std::env::var_os("GROUNDLINE_UPDATE").is_some() && all {
        let head = "# Pairs whose statements are wrong as yet.\n";
        std::fs::write(&path, format!("{head}{}\n", wrong.join("\n"))).expect("the file is written");
    }
    assert!(surprises.is_empty(), "{}", surprises.join("\n"));
}

async fn work(queue: Arc<Mutex<VecDeque<Case>>>, shelf: Arc<Shelf>) -> Vec<(String, Outcome)> {
    let mut outcomes = Vec::new();
    loop {
        let next = queue.lock().expect("no worker panics with the queue").pop_front();
        let Some(case) = next else { return outcomes };
        let (before, after) = (shelf.copy().await, shelf.copy().await);
        let given = async |database: &Database| match case.given.is_empty() {
            true => Ok(()),
            false => world::run(database, &case, &case.given).await,
        };
        given(&before).await.and(given(&after).await).expect("what is given");
        world::run(&after, &case, &case.edit).await.expect("the edit");
        let (from, to) = (State::of(&before).await, State::of(&after).await);
        rows::fill(&before).await;
        rows::fill(&after).await;
        let there = lead(&before, &from, &to).await;
        let back = lead(&after, &to, &from).await;
        for (way, outcome, wanted) in [('→', there, &to), ('←', back, &from)] {
            let exception = case.exception_of(way, server().version().major());
            let exception = exception.filter(|_| wanted.dump.is_some());
            outcomes.push((format!("{} {way}", case.title), excepted(outcome, exception)));
        }
        world::remove(before).await;
        world::remove(after).await;
    }
}

/// Takes what `pg_dump` alone prints otherwise for solved, where a case says why; an exception that is none is wrong.
fn excepted(outcome: Outcome, exception: Option<&str>) -> Outcome {
    match (outcome, exception) {
        (outcome, None) => outcome,
        (Outcome::Wrong(what), Some(why)) if what.starts_with(PRINTED_OTHERWISE) => {
            eprintln!("exception: {why}: {what}");
            Outcome::Solved
        }
        (Outcome::Wrong(what), Some(_)) => Outcome::Wrong(what),
        (_, Some(why)) => Outcome::Wrong(format!("it is no exception: {why}")),
    }
}

/// Leads a database from one state to another.
pub async fn lead(database: &Database, from: &State, to: &State) -> Outcome {
    let plan = plan(&from.schema, &to.schema, Options { destructive: true });
    if let Some(left) = plan.left_out.first() {
        return Outcome::Refused(format!("{}: {}", left.object, left.why));
    }
    let announced = match run(database, from, &plan).await {
        Ok(announced) => announced,
        Err(why) => return Outcome::Wrong(why),
    };
    match compare(database, to, &plan).await {
        Err(why) => Outcome::Wrong(why),
        Ok(()) if announced.is_empty() => Outcome::Solved,
        Ok(()) => Outcome::Announced(announced.join("; ")),
    }
}

/// Runs a plan, and gives what failed as it was announced: then the rows go, and it runs.
async fn run(database: &Database, from: &State, plan: &Plan) -> Result<Vec<String>, String> {
    let in_the_way = rows::in_the_way(database, plan, &from.schema).await;
    let mut announced = Vec::new();
    for (at, piece) in plan.pieces().into_iter().enumerate() {
        let mut done = database.client.batch_execute(&piece.sql).await;
        if let Some(rows) = in_the_way.get(&at) {
            match done {
                Ok(()) if announced.is_empty() => {
                    return Err(format!("{}, and it ran\n  in {}", rows.said, piece.sql));
                }
                Ok(()) => {}
                Err(_) => {
                    rows.empty(database).await?;
                    announced.push(rows.said.clone());
                    done = database.client.batch_execute(&piece.sql).await;
                }
            }
        }
        if let Err(error) = done {
            let said =
                error.as_db_error().map_or_else(|| error.to_string(), |error| error.message().to_owned());
            return Err(format!("{said}\n  in {}", piece.sql));
        }
    }
    Ok(announced)
}

/// Compares what a plan left with what was wanted.
async fn compare(database: &Database, to: &State, plan: &Plan) -> Result<(), String> {
    let now = State::of(database).await;
    let differences = diff(&now.schema, &to.schema);
    // The order of columns can't be changed.
    let real: Vec<String> = differences
        .iter()
        .filter(|one| !matches!(one.change, groundline_catalog::Change::ColumnOrder { .. }))
        .map(|one| format!("{one:?}"))
        .collect();
    if !real.is_empty() {
        return Err(format!("{}\n  after {}", real.join("\n  "), plan.sql()));
    }
    let second = self::plan(&now.schema, &to.schema, Options { destructive: true });
    if !second.is_empty() {
        return Err(format!("a second plan is not empty: {}", second.sql()));
    }
    match (&now.dump, &to.dump) {
        // What the catalog takes for equal `pg_dump` may print otherwise.
        (Some(now), Some(to))
            if unordered(now) != unordered(to) && differences.is_empty() && !plan.steps.is_empty() =>
        {
            Err(format!("{PRINTED_OTHERWISE}\n{}", changes(to, now)))
        }
        _ => Ok(()),
    }
}

/// A dump in which options are in the order of their names, and so the settings of a routine: theirs is that in which
/// they were set, and says nothing.
fn unordered(dump: &str) -> String {
    let line = |line: &str| match line.find("WITH (").map(|at| at + "WITH (".len()) {
        // Options of a dictionary.
        None if line.starts_with("    ") && line.ends_with("' );") => {
            let mut options: Vec<&str> = line.trim_end_matches(" );").trim_start().split(", ").collect();
            options.sort_unstable();
            options.join(", ")
        }
        Some(open) if line[open..].contains('=') => {
            let close = open + line[open..].find(')').unwrap_or(line.len() - open);
            let mut options: Vec<&str> = line[open..close].split(", ").collect();
            options.sort_unstable();
            format!("{}{}{}", &line[..open], options.join(", "), &line[close..])
        }
        _ => line.to_owned(),
    };
    let mut lines: Vec<String> = dump.lines().map(line).collect();
    for settings in
        lines.chunk_by_mut(|one, next| [one, next].iter().all(|line| line.starts_with("    SET ")))
    {
        settings.sort_unstable();
    }
    lines.join("\n")
}
