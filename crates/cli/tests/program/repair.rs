//! `groundline repair`: what it finds in a database, and what it settles only where the schema proves it.

use crate::diff::run;
use crate::support::{Databases, LAYOUTS, project, project_of};
use crate::upgrade::HISTORY;
use serde_json::Value;
use std::path::Path;

/// The kinds of the findings, in order.
fn kinds(project: &Path, url: &str) -> Vec<String> {
    let (_, stdout, stderr) = run(project, &["repair", url, "--format", "json"]);
    let found: Value = serde_json::from_str(&stdout).unwrap_or_else(|_| panic!("no JSON: {stderr}"));
    let findings = found["findings"].as_array().expect("a list");
    findings.iter().map(|finding| finding["kind"].as_str().expect("a word").to_owned()).collect()
}

#[test]
fn a_dirty_version_is_marked_as_the_schema_proves() {
    let mut files = HISTORY;
    files[0].1 = "[migrations]\nlayout = \"golang-migrate\"\n";
    files[3].1 = "create index users_by_email on users (email);";
    let (databases, project) = (Databases::start(), project(&files));
    assert_eq!(run(project.path(), &["lock"]).0, 0);
    let url = databases.make("shop", "");
    assert_eq!(run(project.path(), &["upgrade", "1", "--url", &url]).0, 0);
    databases.run(&url, "update schema_migrations set version = 2, dirty = true");
    let (code, stdout, _) = run(project.path(), &["repair", &url]);
    assert!(code == 1 && stdout.contains("the history table says that 2 index failed half-way"), "{stdout}");
    assert!(stdout.contains("nothing of it is there") && stdout.contains("--mark 2 not-applied"), "{stdout}");
    let (code, _, stderr) = run(project.path(), &["upgrade", "--url", &url]);
    assert!(code == 1 && stderr.contains("groundline repair"), "{stderr}");
    let (code, _, stderr) = run(project.path(), &["repair", &url, "--mark", "2", "applied"]);
    assert!(code == 1 && stderr.contains("it is that of 1 users, by groundline.lock"), "{stderr}");
    let (code, stdout, stderr) = run(project.path(), &["repair", &url, "--mark", "2", "not-applied"]);
    assert_eq!(code, 0, "{stdout}{stderr}");
    assert_eq!(databases.rows(&url, "select version, dirty from schema_migrations"), "1 f");
    let told = "select kind, version, detail->>'mark' from groundline.event order by id desc limit 1";
    assert_eq!(databases.rows(&url, told), "repaired 2 not-applied");
    assert_eq!(run(project.path(), &["upgrade", "--url", &url]).0, 0);
    databases.run(&url, "update schema_migrations set version = 3, dirty = true");
    assert_eq!(run(project.path(), &["repair", &url, "--mark", "3", "applied"]).0, 0);
    assert!(kinds(project.path(), &url).is_empty());
}

#[test]
fn a_checkout_with_other_line_ends_is_explained_and_blessed_again() {
    let databases = Databases::start();
    for (at, (layout, write)) in LAYOUTS.into_iter().enumerate() {
        let folder = project_of(layout, write, 2);
        let url = databases.make(&format!("ends{at}"), "");
        assert_eq!(run(folder.path(), &["upgrade", "--url", &url]).0, 0, "{layout}");
        let (path, text) = write(1).swap_remove(0);
        let windows = text.replace('\n', "\r\n");
        std::fs::write(folder.path().join("migrations").join(path), windows).expect("a file");
        let expected: &[&str] =
            if ["sqlx", "refinery", "prisma"].contains(&layout) { &["line-ends"] } else { &[] };
        assert_eq!(kinds(folder.path(), &url), expected, "{layout}");
        if expected.is_empty() {
            continue;
        }
        let (_, listed, _) = run(folder.path(), &["history", "--format", "json"]);
        let listed: Value = serde_json::from_str(&listed).expect("JSON");
        let version = listed["revisions"][0]["version"].as_str().expect("a version");
        let (code, stdout, stderr) = run(folder.path(), &["repair", &url, "--rebless", version]);
        assert!(
            code == 0 && stdout.contains("with LF line ends it has the checksum"),
            "{layout}: {stdout}{stderr}"
        );
        assert!(kinds(folder.path(), &url).is_empty(), "{layout}");
    }
}

#[test]
fn an_edit_is_told_by_what_a_server_sees_of_it() {
    let (databases, project) = (Databases::start(), project(&HISTORY));
    let url = databases.make("shop", "");
    assert_eq!(run(project.path(), &["upgrade", "--url", &url]).0, 0);
    let write = |text: &str| std::fs::write(project.path().join(HISTORY[1].0), text).expect("a file");
    write("-- all who order\ncreate table users (id int primary key,\n  email text);");
    assert_eq!(kinds(project.path(), &url), ["comment-edited"]);
    let (code, stdout, stderr) = run(project.path(), &["repair", &url, "--rebless", "1"]);
    assert!(code == 0 && stdout.contains("by the journal of the run"), "{stdout}{stderr}");
    write("create table users (id bigint primary key, email text);");
    assert_eq!(kinds(project.path(), &url), ["edited"]);
    let (code, _, stderr) = run(project.path(), &["repair", &url, "--rebless", "1"]);
    assert!(code == 1 && stderr.contains("nothing proves that its statements"), "{stderr}");
    let accept = ["repair", &url, "--rebless", "1", "--accept-edit", "--reason", "widened by hand"];
    assert_eq!(run(project.path(), &accept).0, 0);
    let reason =
        "select detail->>'reason' from groundline.event where kind = 'repaired' order by id desc limit 1";
    assert_eq!(databases.rows(&url, reason), "widened by hand");
    assert!(kinds(project.path(), &url).is_empty());
}

#[test]
fn what_a_run_and_a_hand_left_is_named_with_the_statement_that_settles_it() {
    let (databases, project) = (Databases::start(), project(&HISTORY));
    let url = databases.make("shop", "");
    assert_eq!(run(project.path(), &["upgrade", "--url", &url]).0, 0);
    databases.run(
        &url,
        "update pg_index set indisvalid = false where indexrelid = 'users_by_email'::regclass;
         insert into _sqlx_migrations select 9, description, now(), true, checksum, 0 from _sqlx_migrations where version = 1;
         delete from _sqlx_migrations where version = 2;
         insert into groundline.event (run, kind, project, version, direction, statement, operator, tool_version)
         values ('r1', 'statement_begun', 'shop', '3', 'up', 0, 'ada', '0')",
    );
    assert_eq!(kinds(project.path(), &url), ["unfinished", "invalid-index", "unknown", "skipped"]);
    let (code, stdout, _) = run(project.path(), &["repair", &url]);
    assert!(
        code == 1 && stdout.contains("DROP INDEX CONCURRENTLY \"public\".\"users_by_email\""),
        "{stdout}"
    );
    assert!(stdout.contains("run r1 of ada ended after"), "{stdout}");
}
