//! `[catalog]` in a whole check: what is left out does not keep production from being recognised, and reports say it.

use crate::diff::run;
use crate::support::project;
use std::path::PathBuf;

const CONFIG: &str = "[catalog]\nexclude = [\n\
    { pattern = \"public.events_2*\", kind = \"table\", reason = \"a job makes one a month\" },\n\
    { pattern = \"tmp\", kind = \"schema\", reason = \"the analysts' own\" },\n]\n";
const FILES: [(&str, &str); 3] = [
    ("migrations/1_users.up.sql", "create table users (id int primary key);"),
    ("migrations/1_users.down.sql", "drop table users;"),
    (
        "production.sql",
        "create table users (id int primary key);\ncreate table events_2026 (id serial primary key);\n\
         create schema tmp;\ncreate table tmp.sums (a int);\n",
    ),
];

/// The only run's evidence folder.
fn evidence(folder: &tempfile::TempDir) -> PathBuf {
    let runs = std::fs::read_dir(folder.path().join(".groundline/evidence")).expect("the evidence");
    runs.flatten().map(|run| run.path()).next().expect("a run")
}

#[test]
fn production_is_recognised_by_what_counts_and_reports_say_what_does_not() {
    let args = ["check", ".", "--snapshot", "production.sql"];
    let bare = project(&FILES);
    let (code, stdout, _) = run(bare.path(), &args);
    assert_eq!(code, 1, "{stdout}");
    assert!(stdout.contains("no revision; nearest is 1"), "{stdout}");

    let scoped = project(&[FILES[0], FILES[1], FILES[2], ("groundline.toml", CONFIG)]);
    let (code, stdout, stderr) = run(scoped.path(), &args);
    assert_eq!(code, 0, "{stdout}{stderr}");
    assert!(stdout.contains("scope of schemas: schema+"), "{stdout}");
    for line in ["left out: table public.events_2* (a job makes one a month), ", "left out: schema tmp ("] {
        assert!(stdout.contains(line), "{stdout}");
    }
    let folder = evidence(&scoped);
    for report in ["report.html", "report.md"] {
        let text = std::fs::read_to_string(folder.join(report)).expect(report);
        assert!(text.contains("a job makes one a month"), "{report}");
    }
    let data = std::fs::read_to_string(folder.join("evidence.json")).expect("the evidence");
    let data: serde_json::Value = serde_json::from_str(&data).expect("JSON");
    assert!(data["scope"]["name"].as_str().is_some_and(|name| name.starts_with("schema+")));
    assert_eq!(data["scope"]["patterns"][1]["reason"], "the analysts' own");
}
