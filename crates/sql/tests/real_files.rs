//! Real folders of SQL files: split without notes, and split where psql splits.
//! Out: small constructed cases (`cases`). Ignored, because they need a folder and a server of yours:
//!
//! ```text
//! GROUNDLINE_SQL_FOLDER=migrations cargo test -p groundline-sql --test real_files -- --ignored --nocapture
//! ```
//!
//! The comparison with psql runs the files, in the order of their paths, in the database that
//! `GROUNDLINE_PSQL_URL` names. USE A THROW-AWAY SERVER, version 15 or later, with `log_destination=jsonlog`,
//! `logging_collector=on` and `log_statement=all`, and a superuser to read its log.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "run by hand, on folders that the environment names"
)]

use groundline_sql::{Script, StatementKind};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;

fn setting(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("set {name}; see the head of this file"))
}

/// The SQL files of the folder, in the order of their paths, with those that are UTF-8 text.
fn files() -> Vec<(PathBuf, String)> {
    let mut folders = vec![PathBuf::from(setting("GROUNDLINE_SQL_FOLDER"))];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a readable folder") {
            let path = entry.expect("a readable entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "sql") {
                match std::fs::read_to_string(&path) {
                    Ok(text) => files.push((path, text)),
                    Err(error) => println!("{}: left out: {error}", path.display()),
                }
            }
        }
    }
    files.sort();
    assert!(!files.is_empty(), "no SQL files");
    files
}

#[test]
#[ignore = "needs a folder of SQL files"]
fn files_split_without_notes() {
    let (mut statements, mut noted) = (0, 0);
    let files = files();
    for (path, text) in &files {
        let script = Script::parse(text);
        statements += script.statements.len();
        noted += usize::from(!script.notes.is_empty());
        for note in &script.notes {
            println!("{}: {} ({})", path.display(), note.what, note.why.as_deref().unwrap_or_default());
        }
    }
    println!("{} files, {statements} statements, {noted} files with notes", files.len());
    assert_eq!(noted, 0);
}

/// The parser reads what the splitter cut: a wrong cut would rarely be valid SQL.
#[test]
#[ignore = "needs a folder of SQL files"]
fn statements_are_valid_for_the_parser() {
    let (mut statements, mut broken) = (0, 0);
    for (path, text) in files() {
        let script = Script::parse(&text);
        statements += script.statements.len();
        let advice = script.syntax(&text);
        for problem in &advice.problems {
            let span = script.statements[problem.statement].span;
            let head: String = text[span.range()].chars().take(60).collect();
            println!("{}: {} in {head:?}", path.display(), problem.message);
        }
        advice.notes.iter().for_each(|note| println!("{}: {note}: {:?}", path.display(), note.why));
        broken += usize::from(!advice.problems.is_empty());
    }
    println!("{statements} statements, {broken} files that the parser does not read in full");
}

#[test]
#[ignore = "needs a folder of SQL files and a throw-away server that logs its statements"]
fn files_split_as_psql_splits_them() {
    let files = files();
    for (index, (path, _)) in files.iter().enumerate() {
        psql(&["-q", "-f"], path.to_str().expect("a UTF-8 path"), &application(index));
    }
    let sent = logged_statements();
    let (mut compared, mut different) = (0, 0);
    for (index, (path, text)) in files.iter().enumerate() {
        let theirs = sent.get(&application(index)).map_or(&[][..], Vec::as_slice);
        let script = Script::parse(text);
        let ours: Vec<_> = script
            .statements
            .iter()
            .filter(|statement| !matches!(statement.kind, StatementKind::PsqlMeta { .. }))
            .map(|statement| &text[statement.span.range()])
            .collect();
        compared += ours.len();
        if let Some(difference) = first_difference(text, &ours, theirs) {
            different += 1;
            println!("{}: {difference}", path.display());
        }
    }
    println!("{} files, {compared} statements compared, {different} files differ", files.len());
    assert_eq!(different, 0);
}

fn application(index: usize) -> String {
    format!("groundline split {} {index}", std::process::id())
}

fn psql(options: &[&str], argument: &str, application: &str) -> String {
    let output = Command::new("psql")
        .args(["-X", "-d", &setting("GROUNDLINE_PSQL_URL")])
        .args(options)
        .arg(argument)
        .env("PGAPPNAME", application)
        .env("PGCLIENTENCODING", "UTF8")
        .output()
        .expect("psql on the PATH");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// What each application sent, in order, from the server's log. A statement that doesn't parse is logged as
/// an error only; one that fails later is logged before its error.
fn logged_statements() -> BTreeMap<String, Vec<String>> {
    let log = psql(&["-Atc"], "SELECT pg_read_file(pg_current_logfile('jsonlog'))", "groundline log");
    let mut sent: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in log.lines() {
        let Ok(record) = serde_json::from_str::<serde_json::Value>(line) else { continue };
        let field = |name: &str| record[name].as_str().unwrap_or_default();
        let queries = sent.entry(field("application_name").to_owned()).or_default();
        if let Some(query) = field("message").strip_prefix("statement: ") {
            queries.push(query.to_owned());
        } else if field("error_severity") == "ERROR" && !field("statement").is_empty() {
            let query = field("statement").to_owned();
            if queries.last() != Some(&query) {
                queries.push(query);
            }
        }
    }
    sent
}

/// The first statement that psql cuts elsewhere. psql leaves blank lines out of what it sends, so white space
/// doesn't count; it sends empty statements too; and it stops at the first error if the file tells it to.
fn first_difference(text: &str, ours: &[&str], theirs: &[String]) -> Option<String> {
    let tight = |text: &str| text.split_whitespace().collect::<String>();
    let theirs: Vec<_> = theirs.iter().filter(|query| !Script::parse(query).statements.is_empty()).collect();
    let same = |ours: &str, theirs: &str| {
        let script = Script::parse(theirs);
        let spans = script.statements.iter().map(|statement| tight(&theirs[statement.span.range()]));
        spans.collect::<Vec<_>>() == [tight(ours)]
    };
    let agreeing = ours.iter().zip(&theirs).take_while(|(ours, theirs)| same(ours, theirs)).count();
    let stopped = agreeing == theirs.len() && text.contains("ON_ERROR_STOP");
    if stopped || agreeing == ours.len() && agreeing == theirs.len() {
        return None;
    }
    let shown =
        |text: Option<&str>| text.map_or("nothing".to_owned(), |text| format!("{:.80?}", tight(text)));
    let theirs = shown(theirs.get(agreeing).map(|query| query.as_str()));
    Some(format!("statement {}: ours {}, psql's {theirs}", agreeing + 1, shown(ours.get(agreeing).copied())))
}
