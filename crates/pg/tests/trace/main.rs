//! Effects: what the lint predicts by a statement's text and the schema before it, against what the trace sees a server
//! do, for every statement of `statements.sql`, on this server's major. Nothing is stored: the server is asked each time.

mod outside;
#[path = "../support/mod.rs"]
mod support;

use futures_util::{StreamExt, stream};
use groundline_catalog::Snapshot;
use groundline_core::{LockMode, Major};
use groundline_lint::{Asked, Effects, Levels, Policies, Schema, Settings, fix, judge};
use groundline_migrate::history::History;
use groundline_pg::introspect::{self, Excluded};
use groundline_pg::trace::{Trace, Traced, Tracer};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use support::{Database, Shelf, create, remove, server};

/// Statements that are tried side by side, each in a database of its own.
const AT_ONCE: usize = 4;
const SCHEMA: &str = include_str!("schema.sql");
const STATEMENTS: &str = include_str!("statements.sql");

/// One block of the file.
#[derive(Debug, Default)]
struct Case {
    name: String,
    setup: String,
    fails: bool,
    majors: String,
    sql: String,
}

impl Case {
    fn all() -> Vec<Case> {
        let blocks = STATEMENTS.split("-- case: ").skip(1);
        let read = |block: &str| {
            let mut lines = block.lines();
            let mut case = Case { name: lines.next().unwrap_or_default().to_owned(), ..Case::default() };
            for line in lines {
                if let Some(setup) = line.strip_prefix("-- setup: ") {
                    setup.clone_into(&mut case.setup);
                } else if let Some(majors) = line.strip_prefix("-- majors: ") {
                    majors.clone_into(&mut case.majors);
                } else if line == "-- fails" {
                    case.fails = true;
                } else {
                    writeln!(case.sql, "{line}").expect("a string takes it");
                }
            }
            case
        };
        blocks.map(read).collect()
    }

    /// Whether the statement exists on a major.
    fn is_of(&self, major: Major) -> bool {
        let number = major.number().to_string();
        match self.majors.strip_prefix("not ") {
            Some(not) => !not.split(' ').any(|each| each == number),
            None => self.majors.is_empty() || self.majors.split(' ').any(|each| each == number),
        }
    }

    /// Whether PostgreSQL runs it outside of transactions only.
    fn is_outside(&self) -> bool {
        groundline_sql::Script::parse(&self.sql)
            .statements
            .iter()
            .any(|statement| matches!(statement.kind, groundline_sql::StatementKind::OutsideTransaction(_)))
    }

    /// A session's setting is a part of the script: it would be gone otherwise.
    fn script(&self) -> (String, String) {
        match self.setup.starts_with("set ") {
            true => (String::new(), format!("{};\n{}", self.setup, self.sql)),
            false => (self.setup.clone(), self.sql.clone()),
        }
    }
}

/// What both speak of: locks stronger than those of reading and writing rows, and what needs them.
fn comparable(effects: &Effects) -> String {
    let mut text = String::new();
    for (name, mode) in effects.locks.iter().filter(|(_, mode)| **mode > LockMode::RowShare) {
        writeln!(text, "{name}: {mode}").expect("a string takes it");
    }
    for name in &effects.rewrites {
        writeln!(text, "{name}: written anew").expect("a string takes it");
    }
    for name in effects.scans.difference(&effects.rewrites) {
        writeln!(text, "{name}: read in full").expect("a string takes it");
    }
    text
}

/// A statement outside of a transaction is sampled: only what was seen is held against the prediction.
fn agree(predicted: &Effects, seen: &Traced, outside: bool) -> bool {
    if !outside {
        return comparable(predicted) == comparable(&seen.effects);
    }
    let within = |(name, mode): (_, &LockMode)| predicted.locks.get(name).is_some_and(|most| most >= mode);
    let rewrites: BTreeSet<_> = predicted.rewrites.iter().collect();
    seen.effects.locks.iter().all(within) && seen.effects.rewrites.iter().collect::<BTreeSet<_>>() == rewrites
}

async fn traced_on(database: &Database, history: &History) -> Trace {
    let mut tracer = Tracer::open(database.inner()).await.expect("the tracer connects");
    let traced = tracer.trace(history, &history.revisions[0], "").await.expect("it is traced");
    tracer.close().await;
    traced
}

/// A schema, on a shelf.
async fn shelf_of(schema: &str) -> Shelf {
    let made = create().await;
    made.client.batch_execute(schema).await.expect("the schema is made");
    made.shelve().await
}

/// The schema of the rules' fixtures, on a shelf, and the folder of each rule.
async fn rules() -> (Shelf, Vec<PathBuf>) {
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("../lint/tests/rules");
    let schema = std::fs::read_to_string(rules.join("schema.sql")).expect("the schema is read");
    let entries =
        std::fs::read_dir(&rules).expect("the fixtures").filter_map(|entry| Some(entry.ok()?.path()));
    (shelf_of(&schema).await, entries.filter(|path| path.is_dir()).collect())
}

async fn schema_of(database: &Database) -> Snapshot {
    introspect::read(&database.client, &Excluded::bookkeeping().with_needs())
        .await
        .expect("the schema is read")
}

fn settings(major: Major, policies: &Policies) -> Settings<'_> {
    Settings { major, wrapped: false, today: jiff::civil::date(2026, 1, 1), policies, has_down: None }
}

async fn assert_none(shelf: Shelf, differences: &[String]) {
    shelf.remove().await;
    assert!(differences.is_empty(), "{} differ:\n{}", differences.len(), differences.join("\n"));
}

/// A copy of the schema with a case's setup done.
async fn set_up(shelf: &Shelf, name: &str, setup: &str) -> Database {
    let database = shelf.copy().await;
    let path = format!("ALTER DATABASE {} SET search_path = l", database.name);
    database
        .client
        .batch_execute(&format!("{path}; SET search_path = l"))
        .await
        .expect("the search path is set");
    database.client.batch_execute(setup).await.unwrap_or_else(|error| panic!("{name}: {error:?}"));
    database
}

async fn difference(shelf: &Shelf, case: &Case, major: Major) -> Option<String> {
    let (setup, sql) = case.script();
    let database = set_up(shelf, &case.name, &setup).await;
    let before = schema_of(&database).await;
    let policies = Policies::default();
    let settings = settings(major, &policies);
    let verdict = judge(&sql, &mut Schema::of(&before), settings);
    let history = History::of_script(Path::new("case.sql"), sql, "case");
    let traced = traced_on(&database, &history).await;
    remove(database).await;
    if let Some(fault) = traced.fault {
        return (!case.fails).then(|| format!("{}: {} {:?}", case.name, fault.what, fault.why));
    }
    if case.fails {
        return Some(format!("{}: it was to fail", case.name));
    }
    let seen = traced.statements.last()?.as_ref()?;
    let predicted = &verdict.statements.last()?.effects;
    (!agree(predicted, seen, case.is_outside())).then(|| {
        format!(
            "{}\n--- predicted\n{}--- seen\n{}",
            case.name,
            comparable(predicted),
            comparable(&seen.effects)
        )
    })
}

/// Each fixture of the rules, statement by statement, as far as PostgreSQL takes it.
async fn fixture(shelf: &Shelf, file: PathBuf, major: Major) -> Vec<String> {
    let database = shelf.copy().await;
    let sql = std::fs::read_to_string(&file).expect("the fixture is read");
    let before = schema_of(&database).await;
    let policies = Policies::default();
    let settings = settings(major, &policies);
    let verdict = judge(&sql, &mut Schema::of(&before), settings);
    let history = History::of_script(&file, sql.clone(), "fixture");
    let traced = traced_on(&database, &history).await;
    remove(database).await;
    let mut differences = Vec::new();
    for (judged, seen) in verdict.statements.iter().zip(&traced.statements) {
        let Some(seen) = seen else { continue };
        let statement = &sql[judged.span.range()];
        // A lock that is held is not taken again.
        let (mut predicted, mut seen) = (judged.effects.clone(), seen.clone());
        let held = seen.held.clone();
        let is_new = |name: &_, mode: &mut LockMode| held.lock_on(name).is_none_or(|held| held < *mode);
        predicted.locks.retain(is_new);
        seen.effects.locks.retain(is_new);
        // How rows are found is the planner's choice.
        if ["update", "delete"].iter().any(|word| statement.starts_with(word)) {
            seen.effects.scans.clear();
        }
        let script = groundline_sql::Script::parse(statement);
        let outside =
            matches!(script.statements[0].kind, groundline_sql::StatementKind::OutsideTransaction(_));
        if !agree(&predicted, &seen, outside) {
            let (predicted, seen) = (comparable(&predicted), comparable(&seen.effects));
            differences
                .push(format!("{}: {statement}\n--- predicted\n{predicted}--- seen\n{seen}", file.display()));
        }
    }
    differences
}

#[tokio::test]
async fn fixtures_of_rules_do_what_their_rules_say() {
    let (shelf, folders) = rules().await;
    let major = server().version().major();
    let files: Vec<PathBuf> =
        folders.iter().flat_map(|folder| ["bad.sql", "good.sql"].map(|file| folder.join(file))).collect();
    let tried = stream::iter(files).map(|file| fixture(&shelf, file, major)).buffered(AT_ONCE);
    let differences: Vec<String> = tried.flat_map(stream::iter).collect().await;
    assert_none(shelf, &differences).await;
}

/// What a fixture yields before and after its fixes, where the server takes both, and the schema is to be the same.
async fn fixture_fixed(shelf: &Shelf, file: PathBuf, major: Major) -> Option<String> {
    let sql = std::fs::read_to_string(&file).expect("the fixture is read");
    let database = shelf.copy().await;
    let before = schema_of(&database).await;
    let policies = Policies::default();
    let settings = settings(major, &policies);
    let asked = Asked { settings, levels: &Levels::default(), notes: true };
    let fixed = fix(&sql, &Schema::of(&before), asked);
    let after = |sql: String| async {
        let database = shelf.copy().await;
        let history = History::of_script(&file, sql, "fixture");
        let traced = traced_on(&database, &history).await;
        let schema = schema_of(&database).await;
        remove(database).await;
        match traced.fault {
            None => Ok(schema),
            Some(fault) => Err(format!("{} {}", fault.what, fault.why.unwrap_or_default())),
        }
    };
    remove(database).await;
    let fixed = fixed?;
    let name = file.display();
    let new = fixed.one_text();
    match (after(sql).await, after(new.clone()).await) {
        (Ok(bad), Ok(good)) if fixed.changes_schema || bad.fingerprint() == good.fingerprint() => None,
        (Ok(bad), Ok(good)) => Some(format!("{name}: {:#?}\n{new}", groundline_catalog::diff(&bad, &good))),
        (_, Err(why)) => Some(format!("{name}: {why}\n{new}")),
        // What a server refuses is what some rules are about.
        (Err(_), Ok(_)) => None,
    }
}

#[tokio::test]
async fn what_is_fixed_yields_the_same_schema() {
    let (shelf, folders) = rules().await;
    let major = server().version().major();
    let files: Vec<PathBuf> = folders
        .iter()
        .filter(|folder| folder.join("fixed.sql").is_file())
        .map(|folder| folder.join("bad.sql"))
        .collect();
    assert!(files.len() >= 15, "{} rules with a fix", files.len());
    let tried = stream::iter(files).map(|file| fixture_fixed(&shelf, file, major)).buffered(AT_ONCE);
    let differences: Vec<String> = tried.filter_map(std::future::ready).collect().await;
    assert_none(shelf, &differences).await;
}

#[tokio::test]
async fn what_is_predicted_is_what_a_server_does() {
    let major = server().version().major();
    let only = std::env::var("GROUNDLINE_CASE").unwrap_or_default();
    let cases: Vec<Case> = Case::all().into_iter().filter(|case| case.is_of(major)).collect();
    assert!(cases.len() >= 220, "{} statements", cases.len());
    let shelf = shelf_of(SCHEMA).await;
    let wanted = cases.iter().filter(|case| case.name.contains(&only));
    let tried = stream::iter(wanted).map(|case| difference(&shelf, case, major)).buffered(AT_ONCE);
    let differences: Vec<String> = tried.filter_map(std::future::ready).collect().await;
    assert_none(shelf, &differences).await;
}
