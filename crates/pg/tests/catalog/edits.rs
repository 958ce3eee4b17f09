//! Every case makes exactly the differences that stand in its file, `pg_dump` sees one where the catalog does and
//! nowhere else, and undoing it leaves none. `GROUNDLINE_UPDATE=1` writes the differences anew: read them.

use crate::cases::{Case, File, lines, read};
use crate::oracle::{changes, dump};
use crate::support::{Database, Shelf, server};
use crate::world;
use groundline_catalog::{Scope, Snapshot, diff};
use groundline_pg::introspect::{self, Reader};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

/// How many databases are edited at a time.
const WORKERS: usize = 3;

#[tokio::test(flavor = "multi_thread")]
async fn edits_make_the_differences_that_pg_dump_sees() {
    run("edits").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changes_no_schema_makes_no_difference() {
    run("same").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_reads_sees_the_same() {
    run("sessions").await;
}

/// A database as the catalog and `pg_dump` see it.
#[derive(Clone)]
struct State {
    snapshot: Snapshot,
    dump: Option<String>,
}

/// A database that is edited, and who reads it again and again.
struct Bench {
    database: Database,
    reader: Reader,
}

/// What became of a case.
#[derive(Default)]
struct Outcome {
    /// The differences that it made, if it could be run.
    shown: Option<Vec<String>>,
    wrong: Vec<String>,
}

/// Cases that are waiting, each with its place in its file.
type Queue = Mutex<VecDeque<(usize, usize, Case)>>;

/// Runs the cases of a folder. Those of `edits` make a difference, all others none, but for named exceptions.
async fn run(folder: &str) {
    let mut files = read(folder);
    let original = world::database().await;
    let kind = world::kind(&original).await;
    let only = std::env::var("GROUNDLINE_CASE").unwrap_or_default();
    let places = files.iter().enumerate().flat_map(|(file, of)| {
        of.cases.iter().enumerate().map(move |(place, case)| (file, place, case.clone()))
    });
    let wanted = places.filter(|(_, _, case)| case.runs_on(&kind) && case.title.contains(&only));
    let mut wanted: Vec<_> = wanted.collect();
    // A worker keeps its database as long as cases undo what they did.
    wanted.sort_by_key(|(_, _, case)| case.undo.is_empty() || !case.given.is_empty());
    let queue: Arc<Queue> = Arc::new(Mutex::new(wanted.into()));
    let basis = state(&original).await;
    let shelf = Arc::new(original.shelve().await);
    let workers = (0..WORKERS).map(|_| tokio::spawn(work(queue.clone(), shelf.clone(), basis.clone())));
    let mut wrong = Vec::new();
    for worker in workers.collect::<Vec<_>>() {
        for (file, place, outcome) in worker.await.expect("a worker ends") {
            let case = &mut files[file].cases[place];
            wrong.extend(outcome.wrong.iter().map(|wrong| format!("{}: {wrong}", case.title)));
            if let Some(shown) = outcome.shown {
                if shown.is_empty() == (folder == "edits") && case.exception().is_none() {
                    wrong.push(format!("{}: it does not belong into {folder}", case.title));
                }
                case.update(kind.major, shown);
            }
        }
    }
    Arc::into_inner(shelf).expect("all workers ended").remove().await;
    if std::env::var_os("GROUNDLINE_UPDATE").is_some() {
        files.iter().for_each(File::write);
    }
    let gaps = files.iter().flat_map(|file| &file.cases).filter_map(|case| Some((&case.title, case.gap()?)));
    gaps.for_each(|(title, gap)| eprintln!("gap: {title}: {gap}"));
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}

async fn work(queue: Arc<Queue>, shelf: Arc<Shelf>, basis: State) -> Vec<(usize, usize, Outcome)> {
    let mut outcomes = Vec::new();
    let mut kept: Option<Bench> = None;
    loop {
        let next = queue.lock().expect("no worker panics with the queue").pop_front();
        let Some((file, place, case)) = next else { break };
        let mut bench = match kept.take() {
            Some(bench) => bench,
            None => Bench { database: shelf.copy().await, reader: Reader::new(world::full()) },
        };
        let (outcome, undone) = examine(&mut bench, &basis, &case).await;
        if undone {
            kept = Some(bench);
        } else {
            world::remove(bench.database).await;
        }
        outcomes.push((file, place, outcome));
    }
    if let Some(bench) = kept {
        world::remove(bench.database).await;
    }
    outcomes
}

/// Runs a case, and says whether the database is as it was before.
async fn examine(bench: &mut Bench, basis: &State, case: &Case) -> (Outcome, bool) {
    let Bench { database, reader } = bench;
    let mut outcome = Outcome::default();
    let given = if case.given.is_empty() { Ok(()) } else { world::run(database, case, &case.given).await };
    if let Err(error) = given {
        outcome.wrong.push(format!("what is given fails: {error}"));
        return (outcome, false);
    }
    let before = if case.given.is_empty() { basis.clone() } else { state(database).await };
    if let Err(error) = world::run(database, case, &case.edit).await {
        outcome.wrong.push(format!("the edit fails: {error}"));
        return (outcome, false);
    }
    let after = state(database).await;
    compare(case, &before, &after, &mut outcome);
    if case.undo.is_empty() {
        return (outcome, false);
    }
    if let Err(error) = world::run(database, case, &case.undo).await {
        outcome.wrong.push(format!("undoing it fails: {error}"));
        return (outcome, false);
    }
    let undone = reader.read(&database.client).await;
    let left = lines(&diff(&before.snapshot, &undone.expect("the schema is read again")));
    if !left.is_empty() {
        outcome.wrong.push(format!("undoing it leaves\n  {}", left.join("\n  ")));
    }
    let clean = outcome.wrong.is_empty() && case.given.is_empty();
    (outcome, clean)
}

fn compare(case: &Case, before: &State, after: &State, outcome: &mut Outcome) {
    let major = server().version().major();
    let differences = diff(&before.snapshot, &after.snapshot);
    let shown = lines(&differences);
    let seen = before.snapshot.fingerprint() != after.snapshot.fingerprint();
    if seen == differences.is_empty() {
        outcome.wrong.push("the fingerprint and the difference disagree".to_owned());
    }
    let of_schema = !diff(&of_schema(&before.snapshot), &of_schema(&after.snapshot)).is_empty();
    if of_schema != (seen && !case.is_of_full_profile()) {
        outcome.wrong.push(format!("the schema profile sees it: {of_schema}"));
    }
    if let Some((before, after)) = before.dump.as_ref().zip(after.dump.as_ref()) {
        let agreed = seen == (before != after);
        if agreed == case.exception().is_some() {
            let changes = changes(before, after);
            outcome.wrong.push(format!("the catalog sees it: {seen}, pg_dump\n    {changes}"));
        }
    }
    if !case.agrees(major, &shown) {
        outcome.wrong.push(format!("it makes\n  {}", shown.join("\n  ")));
    }
    outcome.shown = Some(shown);
}

async fn state(database: &Database) -> State {
    let excluded = world::full();
    let (snapshot, dump) = tokio::join!(introspect::read_inside(&database.client, &excluded), dump(database));
    State { snapshot: snapshot.unwrap_or_else(|fault| panic!("the schema is not read: {fault:#?}")), dump }
}

/// What the schema profile sees of a full snapshot.
fn of_schema(full: &Snapshot) -> Snapshot {
    Scope::default().adopt(full.clone()).expect("a full snapshot has what the schema profile wants")
}
