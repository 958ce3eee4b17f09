//! `diff` on what a person may name: databases, a history's revisions, SQL, snapshots; and what it refuses.

use crate::support::{Databases, entries, groundline, project};
use serde_json::Value;
use std::path::Path;

const ORDERS: &str = "create table orders (id int primary key, total int not null);";
const CHANGED: &str = "create table orders (id int primary key, total bigint not null, note text);
    create index orders_by_total on orders (total);";
const HISTORY: [(&str, &str); 3] = [
    ("migrations/0041_orders.sql", ORDERS),
    ("migrations/0042_add_note.sql", "alter table orders add column note text;"),
    ("migrations/0043_index.sql", "create index orders_by_note on orders (note);"),
];

/// Runs the program in a folder; returns exit status, stdout and stderr. It leaves no temporary folder.
pub fn run(folder: &Path, args: &[&str]) -> (i32, String, String) {
    let temp = tempfile::tempdir().expect("a temporary folder");
    let mut command = groundline(temp.path());
    let output = command.current_dir(folder).args(args).env_remove("DATABASE_URL").output().expect("it runs");
    assert_eq!(entries(temp.path()), Vec::<String>::new(), "temporary folders are left");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (
        output.status.code().unwrap_or_else(|| panic!("{}: {}", output.status, text(&output.stderr))),
        text(&output.stdout),
        text(&output.stderr),
    )
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

#[test]
fn what_does_not_say_what_needs_what_gives_no_statements() {
    let (databases, folder) = (Databases::start(), project(&HISTORY));
    let snapshot = folder.path().join("head.json");
    let url = databases.make("shop", ORDERS);
    let (code, stdout, stderr) = run(folder.path(), &["fingerprint", &url, "--format", "json"]);
    std::fs::write(&snapshot, &stdout).expect("a file");
    assert_eq!(code, 0, "{stderr}");
    let (code, stdout, stderr) = run(folder.path(), &["diff", "head.json", "migrations", "--sql"]);
    assert!(code == 2 && stdout.is_empty() && stderr.contains("what needs what"), "{stdout}{stderr}");
}

#[test]
fn two_databases_outside_of_any_project() {
    let databases = Databases::start();
    let (one, other) = (databases.make("one", ORDERS), databases.make("other", CHANGED));
    let nowhere = project(&[]);
    let (code, stdout, stderr) = run(nowhere.path(), &["diff", &one, &other]);
    assert_eq!(code, 1, "{stdout}{stderr}");
    let tree = "schema public\n  ~ table orders\n    + column note  text\n    \
                ~ column total: type integer → bigint\n    \
                + index orders_by_total  (total)\n";
    assert!(stdout.contains(tree), "{stdout}");
    assert!(stdout.contains("3 differences: added 1 column, 1 index; changed 1 column"), "{stdout}");
    let (code, stdout, _) = run(nowhere.path(), &["diff", &one, &one]);
    assert_eq!(code, 0, "{stdout}");
    assert!(stdout.contains("equal: "), "{stdout}");

    let (code, stdout, _) = run(nowhere.path(), &["diff", &one, &other, "--format", "json"]);
    let data = json(&stdout);
    assert_eq!((code, &data["schema_version"], &data["equal"]), (1, &Value::from(1), &Value::from(false)));
    assert_eq!(data["differences"].as_array().map(Vec::len), Some(3));
    assert_eq!(data["before"]["scope"], "schema");
    let (code, stdout, _) = run(nowhere.path(), &["diff", &one, &other, "--format", "markdown"]);
    assert_eq!(code, 1);
    assert!(
        stdout.contains("```diff\n# schema public\n~   table orders\n+     column note  text\n"),
        "{stdout}"
    );
}

#[test]
fn a_role_that_may_only_connect_is_enough() {
    let databases = Databases::start();
    databases.server_run("create role visitor login");
    let url = databases.make("one", ORDERS);
    let as_visitor = url.replace("user=postgres", "user=visitor");
    assert_ne!(url, as_visitor);
    let (code, stdout, stderr) = run(project(&[]).path(), &["diff", &as_visitor, &url]);
    assert_eq!(code, 0, "{stdout}{stderr}");
}

#[test]
fn a_history_at_its_revisions() {
    let project = project(&HISTORY);
    let (code, stdout, stderr) = run(project.path(), &["diff", "migrations@0041", "migrations"]);
    assert_eq!(code, 1, "{stdout}{stderr}");
    assert!(stdout.contains("+ column note") && stdout.contains("+ index orders_by_note"), "{stdout}");
    let (code, stdout, _) = run(project.path(), &["diff", "migrations@42", "./migrations@0042"]);
    assert_eq!(code, 0, "{stdout}");
    let (code, stdout, _) = run(project.path(), &["diff", "migrations@base", "migrations@0041"]);
    assert_eq!(code, 1, "{stdout}");
    assert!(stdout.contains("+ table orders  2 columns, "), "{stdout}");
}

#[test]
fn sql_and_a_snapshot_against_a_database() {
    let databases = Databases::start();
    let url = databases.make("one", CHANGED);
    let project = project(&[
        ("schema.sql", CHANGED),
        ("parts/b_index.sql", "create index orders_by_total on orders (total);"),
        ("parts/a_table.sql", "create table orders (id int primary key, total bigint not null, note text);"),
        ("history/1_orders.sql", ORDERS),
    ]);
    for operand in ["schema.sql", "parts"] {
        let (code, stdout, stderr) = run(project.path(), &["diff", operand, &url]);
        assert_eq!(code, 0, "{operand}: {stdout}{stderr}");
    }
    let (_, snapshot, _) = run(project.path(), &["fingerprint", &url, "--format", "json"]);
    let snapshot = json(&snapshot);
    std::fs::write(project.path().join("all.json"), snapshot.to_string()).expect("a file");
    std::fs::write(project.path().join("alone.json"), snapshot["snapshot"].to_string()).expect("a file");
    for file in ["all.json", "alone.json"] {
        let (code, stdout, stderr) = run(project.path(), &["diff", file, &url]);
        assert_eq!(code, 0, "{file}: {stdout}{stderr}");
    }
    let (code, stdout, _) = run(project.path(), &["diff", "all.json", "history@1"]);
    assert_eq!(code, 1, "{stdout}");
    assert!(stdout.contains("- index orders_by_total"), "{stdout}");
}

#[test]
fn other_majors_and_other_scopes_are_refused() {
    let databases = Databases::start();
    let url = databases.make("one", ORDERS);
    let config = "[catalog]\nexclude = [{ pattern = \"public.orders\", reason = \"made by a job\" },\n\
                  { pattern = \"audit.*\", reason = \"not ours\" }]\n";
    let project = project(&[("groundline.toml", config)]);
    let (code, stdout, stderr) = run(project.path(), &["fingerprint", &url, "--format", "json"]);
    assert_eq!(code, 0, "{stderr}");
    assert!(stderr.contains("left out: public.orders (made by a job), "), "{stderr}");
    assert!(stderr.contains("left out: audit.* (not ours), nothing matches it"), "{stderr}");
    std::fs::write(project.path().join("narrow.json"), &stdout).expect("a file");
    assert!(json(&stdout)["scope"].as_str().expect("a scope").starts_with("schema+"), "{stdout}");
    let (code, stdout, _) = run(project.path(), &["diff", "narrow.json", &url]);
    assert_eq!(code, 0, "{stdout}");
    assert!(stdout.contains("left out: public.orders (made by a job), "), "{stdout}");

    std::fs::remove_file(project.path().join("groundline.toml")).expect("it is there");
    let (code, _, stderr) = run(project.path(), &["diff", "narrow.json", &url]);
    assert_eq!(code, 2, "{stderr}");
    assert!(stderr.contains("the snapshot was taken in another scope"), "{stderr}");

    let (_, snapshot, _) = run(project.path(), &["fingerprint", &url, "--format", "json"]);
    let mut older = json(&snapshot)["snapshot"].clone();
    older["server"] = Value::from(130_009);
    std::fs::write(project.path().join("older.json"), older.to_string()).expect("a file");
    let (code, _, stderr) = run(project.path(), &["diff", "older.json", &url]);
    assert_eq!(code, 2, "{stderr}");
    assert!(stderr.contains("different majors") && stderr.contains("PostgreSQL 13.9"), "{stderr}");
}

#[test]
fn the_locked_head_is_compared_without_a_server() {
    let config = ("groundline.toml", "[migrations]\nlayout = \"sqlx\"\n");
    let project = project(&[config, HISTORY[0], HISTORY[1], ("lock/1_orders.sql", ORDERS)]);
    let says = |args: &[&str], status: i32, words: &str| {
        let (code, stdout, stderr) = run(project.path(), args);
        assert_eq!(code, status, "{args:?}: {stdout}{stderr}");
        assert!(stdout.contains(words) || stderr.contains(words), "{args:?}: no {words:?}: {stdout}{stderr}");
    };
    says(&["diff", "lock", "migrations"], 2, "there is no groundline.lock");
    says(&["lock"], 0, "wrote ");
    let databases = Databases::start();
    let url = databases.make("one", CHANGED);
    let cache = tempfile::tempdir().expect("a temporary folder");
    let cache = cache.path().to_str().expect("a UTF-8 path");
    let no_server = ["--offline", "--no-installed-postgres", "--cache", cache];
    let without = |one: &str, other: &str, status: i32, words: &str| {
        let args: Vec<&str> = ["diff", one, other].into_iter().chain(no_server).collect();
        says(&args, status, words);
    };
    without("lock", &url, 1, "A  migrations at 42 add_note (groundline.lock)\n");
    without("lock", &url, 1, "~ column total: type integer → bigint\n");
    without("lock", "lock", 0, "equal: ");
    without("lock", "migrations", 2, "can't be had here");
    says(&["diff", "lock", "migrations"], 0, "equal: ");
    says(&["diff", "./lock", "lock"], 1, "+ column note");

    says(&["diff", "lock", &url, "--profile", "full"], 2, "lock it in this scope");
    let (_, snapshot, _) = run(project.path(), &["fingerprint", &url, "--format", "json"]);
    let mut older = json(&snapshot)["snapshot"].clone();
    older["server"] = Value::from(130_009);
    std::fs::write(project.path().join("older.json"), older.to_string()).expect("a file");
    without("lock", "older.json", 2, "different majors");
    std::fs::write(project.path().join(HISTORY[2].0), HISTORY[2].1).expect("a file");
    without("lock", &url, 1, "groundline.lock is not what the files are");
    std::fs::remove_file(project.path().join("migrations/groundline.schema.json")).expect("it is there");
    without("lock", &url, 2, "could not read the file of head's schema");
}

#[test]
fn what_can_not_be_compared_is_named() {
    let project =
        project(&[HISTORY[0], HISTORY[1], HISTORY[2], ("odd.json", "{\"a\": 1}"), ("empty/x.txt", "")]);
    let cases = [
        (["diff", "migrations@0044", "migrations"], &["no revision 0044", "nearest: 4"][..]),
        (["diff", "nowhere.sql", "migrations"], &["no such file, folder or database", "nowhere.sql"]),
        (["diff", "mysql://u@h/d", "migrations"], &["not a PostgreSQL URL"]),
        (["diff", "odd.json", "migrations"], &["not a snapshot of a schema", "odd.json"]),
        (["diff", "empty", "migrations"], &["no migrations found", "empty"]),
    ];
    for (args, said) in cases {
        let (code, stdout, stderr) = run(project.path(), &args);
        assert_eq!((code, stdout.as_str()), (2, ""), "{args:?}: {stderr}");
        said.iter().for_each(|words| assert!(stderr.contains(words), "{args:?}: {words}: {stderr}"));
    }
}

#[test]
fn a_password_is_never_shown() {
    let url = "postgresql://somebody:s3cret@127.0.0.1:1/shop";
    let nowhere = project(&[]);
    for args in [&["diff", url, url][..], &["drift", url, "--against", url], &["fingerprint", url]] {
        let (code, stdout, stderr) = run(nowhere.path(), args);
        assert_eq!(code, 2, "{args:?}");
        assert!(stderr.contains("127.0.0.1:1"), "{args:?}: {stderr}");
        assert!(!stdout.contains("s3cret") && !stderr.contains("s3cret"), "{args:?}: {stderr}");
    }
}
