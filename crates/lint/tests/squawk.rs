//! What squawk finds, this lint finds too: on the fixtures of both. `squawk/map.tsv` says which codes stand for which of its
//! rules, `squawk/accepted.tsv` which of its findings are none here, and why.

#![allow(clippy::disallowed_methods, reason = "where cargo keeps squawk's source is asked of cargo")]

use groundline_lint::{Levels, Policies, Schema, Settings, judge};
use groundline_sql::Script;
use regex::Regex;
use squawk_linter::{Linter, Rule};
use squawk_syntax::SourceFile;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Scripts of squawk's own tests, at least: their number now is larger.
const SCRIPTS: usize = 400;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Lines of a table, without comments: cells between tabs.
fn table(file: &str) -> Vec<Vec<String>> {
    let text = read(&folder().join("squawk").join(file));
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    lines.map(|line| line.split('\t').map(str::to_owned).collect()).collect()
}

/// Codes that stand for each of squawk's rules; none for those that have no counterpart, with a reason.
fn map() -> BTreeMap<String, Vec<String>> {
    let mut map = BTreeMap::new();
    for cells in table("map.tsv") {
        let codes: Vec<String> = match cells[1].as_str() {
            "-" => {
                assert!(cells.get(2).is_some_and(|reason| reason.len() > 10), "{} lacks a reason", cells[0]);
                Vec::new()
            }
            codes => codes.split(' ').map(str::to_owned).collect(),
        };
        for code in &codes {
            assert!(groundline_lint::RULES.iter().any(|rule| rule.code == code), "there is no rule {code}");
        }
        map.insert(cells[0].clone(), codes);
    }
    map
}

/// The SQL in the tests of squawk's rules: string literals after `#[cfg(test)]` that its own parser takes.
fn of_squawk() -> Vec<String> {
    let asked = std::process::Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--offline", "--manifest-path"])
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml"))
        .output()
        .expect("cargo runs");
    let metadata: serde_json::Value = serde_json::from_slice(&asked.stdout).expect("cargo's metadata");
    let packages = metadata["packages"].as_array().expect("packages");
    let package = packages.iter().find(|one| one["name"] == "squawk-linter").expect("squawk's crate");
    let manifest = PathBuf::from(package["manifest_path"].as_str().expect("a path"));
    let mut files = Vec::new();
    collect(&manifest.parent().expect("a folder").join("src/rules"), &mut files);
    let literal = Regex::new(r##"(?s)r#"(.*?)"#|"((?:[^"\\]|\\.)*)""##).expect("a pattern");
    let mut scripts = BTreeSet::new();
    for file in files {
        let text = read(&file);
        let Some((_, tests)) = text.split_once("#[cfg(test)]") else { continue };
        for found in literal.captures_iter(tests) {
            let plain = |text: &str| text.replace("\\n", "\n").replace("\\\"", "\"");
            let sql = found.get(1).map(|raw| raw.as_str().to_owned());
            let sql = sql.or_else(|| found.get(2).map(|text| plain(text.as_str()))).unwrap_or_default();
            let is_sql = sql.contains(' ') && SourceFile::parse(&sql).errors().is_empty();
            if is_sql && !Script::parse(&sql).statements.is_empty() {
                scripts.insert(sql);
            }
        }
    }
    scripts.into_iter().collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        match entry.path() {
            path if path.is_dir() => collect(&path, files),
            path if path.extension().is_some_and(|end| end == "rs") => files.push(path),
            _ => {}
        }
    }
    files.sort();
}

/// The scripts of this lint's fixtures.
fn of_rules() -> Vec<String> {
    let folders = std::fs::read_dir(folder().join("rules")).expect("the fixtures").flatten();
    let files = folders.flat_map(|entry| ["bad.sql", "good.sql"].map(|file| entry.path().join(file)));
    let mut files: Vec<PathBuf> = files.filter(|file| file.is_file()).collect();
    files.sort();
    files.iter().map(|file| read(file)).collect()
}

/// Codes that this lint finds at each statement of a script, whether its tool wraps it or not.
fn ours(text: &str, schema: &Schema) -> BTreeSet<(usize, &'static str)> {
    let policies = Policies::default();
    let (major, today) = ("15".parse().expect("a major"), jiff::civil::date(2026, 1, 1));
    let mut found = BTreeSet::new();
    for wrapped in [false, true] {
        let settings = Settings { major, wrapped, today, policies: &policies, has_down: None };
        let verdict = judge(text, &mut schema.clone(), settings).levelled(&Levels::default());
        found.extend(verdict.findings.iter().map(|finding| (finding.statement, finding.code)));
    }
    found
}

/// What squawk finds in a script and this lint does not: rule and statement.
fn overlooked(
    text: &str,
    schema: &Schema,
    map: &BTreeMap<String, Vec<String>>,
) -> (usize, Vec<(String, String)>) {
    // One of its names is no name that it reads: of comments that ignore nothing.
    let rules = map.keys().filter_map(|name| name.parse::<Rule>().ok());
    let violations = Linter::from(rules).lint(&SourceFile::parse(text), text);
    let script = Script::parse(text);
    let ours = ours(text, schema);
    let (mut compared, mut missing) = (0, Vec::new());
    for violation in violations {
        let rule = violation.code.to_string();
        let codes = map.get(&rule).unwrap_or_else(|| panic!("map.tsv lacks {rule}"));
        if codes.is_empty() {
            continue;
        }
        let at: usize = violation.text_range.start().into();
        let found = script.statements.iter().position(|statement| statement.span.range().contains(&at));
        let Some(statement) = found else { continue };
        compared += 1;
        if !codes.iter().any(|code| ours.iter().any(|(of, own)| *of == statement && own == code)) {
            let words: Vec<&str> =
                text[script.statements[statement].span.range()].split_whitespace().collect();
            missing.push((rule, words.join(" ")));
        }
    }
    (compared, missing)
}

#[test]
fn every_rule_of_squawks_is_mapped() {
    let map = map();
    for rule in Linter::with_default_rules().rules {
        assert!(map.contains_key(&rule.to_string()), "map.tsv lacks {rule}");
    }
}

#[test]
fn what_squawk_finds_is_found_or_accepted() {
    let map = map();
    let schema_of_fixtures = {
        let policies = Policies::default();
        let (major, today) = ("15".parse().expect("a major"), jiff::civil::date(2026, 1, 1));
        let settings = Settings { major, wrapped: false, today, policies: &policies, has_down: None };
        let mut schema = Schema { known: true, ..Schema::unknown() };
        judge(&read(&folder().join("rules/schema.sql")), &mut schema, settings);
        schema
    };
    let theirs = of_squawk();
    assert!(theirs.len() >= SCRIPTS, "{} scripts of squawk's tests", theirs.len());
    let own = of_rules();
    let accepted = table("accepted.tsv");
    let mut used = vec![false; accepted.len()];
    let (mut compared, mut wrong) = (0, BTreeSet::new());
    let all = theirs.iter().map(|text| (text, Schema::unknown()));
    for (text, schema) in all.chain(own.iter().map(|text| (text, schema_of_fixtures.clone()))) {
        let (number, missing) = overlooked(text, &schema, &map);
        compared += number;
        for (rule, statement) in missing {
            let is = |cells: &Vec<String>| {
                assert!(cells.get(2).is_some_and(|reason| reason.len() > 10), "{cells:?} lacks a reason");
                cells[0] == rule
                    && Regex::new(&format!("(?i)^(?:{})$", cells[1])).expect("a pattern").is_match(&statement)
            };
            match accepted.iter().position(is) {
                Some(at) => used[at] = true,
                None => drop(wrong.insert(format!("{rule}\t{statement}"))),
            }
        }
    }
    for (cells, _) in accepted.iter().zip(&used).filter(|(_, used)| !**used) {
        wrong.insert(format!("accepted.tsv has what squawk does not find: {cells:?}"));
    }
    assert!(
        wrong.is_empty(),
        "of {compared} findings compared:\n{}",
        wrong.into_iter().collect::<Vec<_>>().join("\n")
    );
    assert!(compared > 300, "{compared} findings compared");
}
