//! `current`, `stamp` and `adopt` on databases: what history tables say afterwards, and what is refused.

use crate::diff::run;
use crate::support::{Databases, LAYOUTS, project, project_of};
use crate::upgrade::HISTORY;
use serde_json::Value;
use std::path::Path;

const UNPROVEN: [&str; 3] = ["--unproven", "--reason", "a test"];

/// What `current` says, as JSON.
pub fn current(project: &Path, url: &str) -> Value {
    let (_, stdout, stderr) = run(project, &["current", url, "--format", "json"]);
    serde_json::from_str(&stdout).unwrap_or_else(|_| panic!("no JSON: {stderr}"))
}

#[test]
fn every_history_table_is_stamped_forward_and_back() {
    let databases = Databases::start();
    for (at, (layout, write)) in LAYOUTS.into_iter().enumerate() {
        let folder = project_of(layout, write, 3);
        let url = databases.make(&format!("stamp{at}"), "");
        let history = run(folder.path(), &["history", "--format", "json"]).1;
        let history: Value = serde_json::from_str(&history).expect("JSON");
        let version = |place: usize| history["revisions"][place]["version"].as_str().expect("a version");
        for (target, applied) in
            [(version(1), 2_usize), ("head", 3), (version(0), 1), ("head", 3), ("base", 0)]
        {
            let (code, stdout, stderr) =
                run(folder.path(), &[&["stamp", target, &url][..], &UNPROVEN].concat());
            assert_eq!(code, 0, "{layout} {target}: {stdout}{stderr}");
            let now = current(folder.path(), &url);
            let newest = applied.checked_sub(1).map_or("", version);
            assert_eq!(
                (now["applied"].as_u64(), now["revision"].as_str(), now["is_head"].as_bool()),
                (Some(applied as u64), Some(newest), Some(applied == 3)),
                "{layout} {target}: {now}"
            );
        }
    }
}

#[test]
fn what_the_schema_does_not_prove_is_not_stamped() {
    let (databases, project) = (Databases::start(), project(&HISTORY));
    let url = databases.make("shop", "create table users (id int primary key, email text)");
    let (code, _, stderr) = run(project.path(), &["stamp", "head", &url]);
    assert!(code == 1 && stderr.contains("it is that of 1 users, by the history, played on"), "{stderr}");
    assert_eq!(databases.rows(&url, "select to_regclass('_sqlx_migrations') is null"), "t");
    let (code, stdout, _) = run(project.path(), &["stamp", "1", &url, "--dry-run"]);
    assert!(code == 0 && stdout.contains("INSERT INTO \"public\".\"_sqlx_migrations\""), "{stdout}");
    let (code, stdout, stderr) = run(project.path(), &["stamp", "1", &url]);
    assert!(code == 0 && stdout.contains("says now: 1 users (1 recorded, 0 taken out)"), "{stdout}{stderr}");
    let told = "select kind, version, detail->>'reason' from groundline.event";
    assert_eq!(databases.rows(&url, told), "stamped 1 null");
    // What it says is what the rest goes on from.
    assert_eq!(run(project.path(), &["upgrade", "--url", &url]).0, 0);
}

#[test]
fn unknown_versions_are_refused_until_they_are_purged() {
    let (databases, project) = (Databases::start(), project(&HISTORY));
    let url = databases.make("shop", "create table users (id int primary key, email text)");
    assert_eq!(run(project.path(), &["stamp", "1", &url]).0, 0);
    databases.run(&url, "update _sqlx_migrations set version = 77");
    let (code, stdout, _) = run(project.path(), &["current", &url]);
    assert!(code == 1 && stdout.contains("unknown   77, which the folder does not have"), "{stdout}");
    let (code, _, stderr) = run(project.path(), &["stamp", "1", &url]);
    assert!(code == 2 && stderr.contains("groundline stamp --purge"), "{stderr}");
    let (code, _, stderr) = run(project.path(), &["stamp", "1", &url, "--purge"]);
    assert_eq!(
        (code, databases.rows(&url, "select version from _sqlx_migrations").as_str()),
        (0, "1"),
        "{stderr}"
    );
}

#[test]
fn a_database_that_is_not_at_head_is_told_to_a_pipeline() {
    let (databases, project) = (Databases::start(), project(&HISTORY));
    assert_eq!(run(project.path(), &["lock"]).0, 0);
    let url = databases.make("shop", "");
    assert_eq!(run(project.path(), &["upgrade", "2", "--url", &url]).0, 0);
    assert_eq!(run(project.path(), &["current", &url]).0, 0);
    let (code, stdout, _) = run(project.path(), &["current", &url, "--check-heads"]);
    assert!(code == 1 && stdout.contains("1 revision behind head"), "{stdout}");
    databases.run(&url, "drop index users_by_email");
    let (code, stdout, _) = run(project.path(), &["current", &url]);
    assert!(code == 1 && stdout.contains("1 users, by groundline.lock: they do not agree"), "{stdout}");
    let (_, listed, _) = run(project.path(), &["history", "--url", &url, "--format", "json"]);
    let listed: Value = serde_json::from_str(&listed).expect("JSON");
    let states = [0, 1, 2].map(|place| listed["revisions"][place]["state"].clone());
    assert_eq!(states, ["applied", "applied", "pending"]);
}

#[test]
fn a_live_database_is_adopted_after_it_was_shown_what_is_written() {
    let (databases, project) = (Databases::start(), project(&HISTORY));
    let url = databases.make("shop", "create table users (id int primary key, email text)");
    let adopt = |args: &[&str]| run(project.path(), &[&["adopt", &url], args].concat());
    let (code, stdout, _) = adopt(&["--dry-run"]);
    assert!(
        code == 0 && stdout.contains("public._sqlx_migrations: 1 revision to record: 1 users"),
        "{stdout}"
    );
    assert_eq!(databases.rows(&url, "select to_regclass('_sqlx_migrations') is null"), "t");
    let (code, _, stderr) = adopt(&[]);
    assert!(code == 1 && stderr.contains("nothing is written without a yes"), "{stderr}");
    assert_eq!(adopt(&["--yes"]).0, 0);
    let (code, stdout, _) = adopt(&["--yes"]);
    assert!(code == 0 && stdout.contains("says so already: 1 users"), "{stdout}");
    databases.run(&url, "alter table users add phone text");
    let (code, stdout, stderr) = adopt(&["--yes"]);
    assert!(code == 1 && stdout.contains("+ column public.users.phone"), "{stdout}{stderr}");
    assert!(stderr.contains("the database is at no revision, so nothing is written"), "{stderr}");
}

#[test]
fn a_history_is_copied_to_another_tool_and_back() {
    let (databases, project) = (Databases::start(), project(&HISTORY));
    let url = databases.make("shop", "");
    assert_eq!(run(project.path(), &["upgrade", "2", "--url", &url]).0, 0);
    let adopt = |args: &[&str]| run(project.path(), &[&["adopt", &url, "--yes"], args].concat());
    for to in ["groundline", "golang-migrate", "diesel", "goose"] {
        let (code, stdout, stderr) = adopt(&["--to", to]);
        assert!(code == 0 && stdout.contains("say the same"), "{to}: {stdout}{stderr}");
    }
    assert_eq!(databases.rows(&url, "select version, dirty from schema_migrations"), "2 f");
    databases.run(&url, "delete from _sqlx_migrations where version = 2");
    let before = "select string_agg(encode(checksum, 'hex'), ',' order by version) from _sqlx_migrations";
    let first = databases.rows(&url, before);
    let (code, stdout, stderr) = adopt(&["--from", "groundline", "--to", "sqlx"]);
    assert!(code == 0 && stdout.contains("groundline.revision is left as it is"), "{stdout}{stderr}");
    assert!(databases.rows(&url, before).starts_with(&first));
    assert_eq!(run(project.path(), &["upgrade", "--url", &url]).0, 0);
    let (code, _, stderr) = adopt(&["--to", "dbmate"]);
    assert!(code == 2, "golang-migrate's table has the name of dbmate's: {stderr}");
}

#[test]
fn repeatable_revisions_have_rows_only_where_their_tool_has_them() {
    let files = [
        ("groundline.toml", "[migrations]\nlayout = \"flyway\"\n"),
        ("migrations/V1__a.sql", "create table a (id int);"),
        ("migrations/V2__b.sql", "create table b (id int);"),
        ("migrations/R__seen.sql", "create or replace view seen as select id from a;"),
    ];
    let (databases, project) = (Databases::start(), project(&files));
    let url = databases.make("shop", "create table a (id int); create table b (id int)");
    let rows = "select string_agg(coalesce(version, script), ',' order by installed_rank) from flyway_schema_history";
    assert_eq!(run(project.path(), &["stamp", "2", &url]).0, 0);
    assert_eq!(databases.rows(&url, rows), "1,2");
    databases.run(&url, "create view seen as select id from a");
    let (code, stdout, stderr) = run(project.path(), &["adopt", &url, "--to", "golang-migrate", "--yes"]);
    assert_eq!(
        (code, databases.rows(&url, "select version from schema_migrations").as_str()),
        (0, "2"),
        "{stdout}{stderr}"
    );
    assert_eq!(run(project.path(), &["stamp", "1", &url]).0, 1);
    databases.run(&url, "drop view seen; drop table b");
    assert_eq!(run(project.path(), &["stamp", "1", &url]).0, 0);
    assert_eq!(databases.rows(&url, rows), "1");
}
