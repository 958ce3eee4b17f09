//! `groundline identify`: a live database and dumps, with a lock and without one.

use crate::support::{Running, entries, groundline, project};
use groundline_pg::client;
use serde_json::Value;
use std::path::Path;

const UP: [(&str, &str); 3] = [
    ("migrations/1_users.up.sql", "CREATE TABLE users (id bigint);\nALTER TABLE users ADD email text;\n"),
    ("migrations/2_fill.up.sql", "INSERT INTO users VALUES (1, 'ada@example.org');\n"),
    ("migrations/3_orders.up.sql", "CREATE TABLE orders (\n  id bigint\n);\nALTER TABLE users DROP email;\n"),
];
const CONFIG: (&str, &str) = ("groundline.toml", "[migrations]\nlayout = \"sqlx\"\n");

/// Runs `identify`; returns exit status, the answer, and stderr.
fn identify(project: &Path, target: &str, args: &[&str]) -> (i32, Value, String) {
    let temp = tempfile::tempdir().expect("a temporary folder");
    let mut command = groundline(temp.path());
    command.args(["identify", target, "--format", "json", "--project"]).arg(project).args(args);
    let output = command.output().expect("it runs");
    assert_eq!(entries(temp.path()), Vec::<String>::new(), "temporary folders are left");
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    let answer = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
    (output.status.code().expect("an exit status"), answer, stderr)
}

/// A project with three revisions, and a dump beside it.
fn with_dump(dump: &str) -> tempfile::TempDir {
    project(&[CONFIG, UP[0], UP[1], UP[2], ("dump.sql", dump)])
}

fn dump_of(project: &tempfile::TempDir) -> String {
    project.path().join("dump.sql").to_str().expect("a UTF-8 path").to_owned()
}

fn lock(project: &Path) {
    let temp = tempfile::tempdir().expect("a temporary folder");
    groundline(temp.path()).arg("lock").arg(project).assert().success();
}

fn ids(list: &Value) -> Vec<&str> {
    list.as_array().expect("a list").iter().map(|id| id.as_str().expect("a text")).collect()
}

#[test]
fn all_revisions_with_the_schema_are_named_with_a_lock_and_without() {
    let folder = with_dump("CREATE TABLE users (id bigint, email text);");
    for by in ["the history, played on", "groundline.lock, on"] {
        let (code, answer, stderr) = identify(folder.path(), &dump_of(&folder), &[]);
        assert_eq!(code, 0, "{stderr}");
        assert_eq!(ids(&answer["exact"]), ["1", "2"]);
        assert_eq!((&answer["order_only"], &answer["agrees"]), (&Value::Bool(false), &Value::Null));
        assert!(answer["known_by"].as_str().is_some_and(|said| said.starts_with(by)), "{answer}");
        lock(folder.path());
    }
}

/// One grammar of operands in the program: what has a schema can be recognised.
#[test]
fn whatever_has_a_schema_is_recognised() {
    let folder = with_dump("CREATE TABLE users (id bigint, email text);");
    let put = |file: &str, text: &str| {
        let path = folder.path().join(file);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(&path, text).expect("a file");
        path.to_str().expect("a UTF-8 path").to_owned()
    };
    lock(folder.path());
    put("parts/a.sql", "CREATE TABLE users (id bigint);");
    let parts = put("parts/b.sql", "ALTER TABLE users ADD email text;").replace("/b.sql", "");
    let mut server = Running::start(&[]);
    let url = server.line();
    execute(&url, "CREATE TABLE users (id bigint, email text)");
    let temp = tempfile::tempdir().expect("a temporary folder");
    let printed =
        groundline(temp.path()).args(["fingerprint", &url, "--format", "json"]).output().expect("it runs");
    let json = put("users.json", &String::from_utf8_lossy(&printed.stdout));
    let locked_schema = folder.path().join("migrations/groundline.schema.json").display().to_string();
    for (target, ids_wanted) in [
        (parts.as_str(), &["1", "2"][..]),
        (&json, &["1", "2"]),
        ("migrations@2", &["1", "2"]),
        ("migrations@base", &[""]),
        (&locked_schema, &["3"]),
        ("lock", &["3"]),
    ] {
        let (code, answer, stderr) = identify(folder.path(), target, &[]);
        assert_eq!((code, ids(&answer["exact"])), (0, ids_wanted.to_vec()), "{target}: {stderr}");
        assert_eq!(answer["recorded"], Value::Null);
    }
    server.close_stdin();
}

/// What `[catalog]` leaves out does not keep a database from being recognised; a lock of another scope does not answer.
#[test]
fn the_scope_counts() {
    let folder = with_dump("CREATE TABLE users (id bigint, email text); CREATE TABLE tmp (id bigint);");
    lock(folder.path());
    let (code, _, stderr) = identify(folder.path(), &dump_of(&folder), &[]);
    assert_eq!(code, 1, "{stderr}");
    let catalog = "[catalog]\nexclude = [{ pattern = \"public.tmp\", reason = \"the analysts' own\" }]\n";
    std::fs::write(folder.path().join(CONFIG.0), format!("{}{catalog}", CONFIG.1)).expect("a file");
    for by in ["the history, played on", "groundline.lock, on"] {
        let (code, answer, stderr) = identify(folder.path(), &dump_of(&folder), &[]);
        assert_eq!((code, ids(&answer["exact"])), (0, vec!["1", "2"]), "{stderr}");
        assert!(answer["known_by"].as_str().is_some_and(|said| said.starts_with(by)), "{answer}");
        assert!(stderr.contains("left out: public.tmp (the analysts' own), "), "{stderr}");
        assert_eq!(stderr.contains("the lock's schemas are of another scope"), by.starts_with("the history"));
        lock(folder.path());
    }
    let (code, answer, stderr) = identify(folder.path(), &dump_of(&folder), &["--profile", "full"]);
    assert_eq!((code, ids(&answer["exact"])), (0, vec!["1", "2"]), "{stderr}");
    assert!(answer["known_by"].as_str().is_some_and(|said| said.starts_with("the history")), "{answer}");
}

#[test]
fn another_order_of_columns_is_said() {
    let folder = with_dump("CREATE TABLE users (email text, id bigint);");
    let (code, answer, stderr) = identify(folder.path(), &dump_of(&folder), &[]);
    assert_eq!(code, 0, "{stderr}");
    assert_eq!((ids(&answer["exact"]), &answer["order_only"]), (vec!["1", "2"], &Value::Bool(true)));
}

/// What the database lacks, what it has besides, and what it has still: each with the statement, if there is one.
#[test]
fn differences_from_the_nearest_name_the_statement() {
    let folder = with_dump("CREATE TABLE users (id integer, email text); CREATE TABLE extra (id bigint);");
    let (code, answer, stderr) = identify(folder.path(), &dump_of(&folder), &["--nearest", "2"]);
    assert_eq!(code, 1, "{stderr}");
    let nearest = answer["nearest"].as_array().expect("a list");
    assert_eq!((nearest.len(), &nearest[0]["version"]), (2, &Value::from("1")));
    let nearest = &nearest[0];
    let origin = |identity: &str| {
        let differences = nearest["differences"].as_array().expect("a list");
        let at = differences.iter().position(|one| one["identity"] == identity).expect(identity);
        nearest["origins"][at].clone()
    };
    assert_eq!(origin("public.extra"), Value::Null);
    let made = origin("public.users.id");
    assert_eq!((&made["revision"], &made["effect"]), (&Value::from("1"), &Value::from("made")));
    assert_eq!(made["place"]["file"]["position"]["line"], 1);
}

#[test]
fn a_database_half_way_through_a_revision_shows_the_statement_that_it_lacks() {
    let folder = with_dump("CREATE TABLE users (id bigint, email text); CREATE TABLE orders (id bigint);");
    let (code, answer, stderr) = identify(folder.path(), &dump_of(&folder), &[]);
    assert_eq!(code, 1, "{stderr}");
    let nearest = &answer["nearest"][0];
    let (origin, difference) = (&nearest["origins"][0], &nearest["differences"][0]);
    assert_eq!(
        (&nearest["version"], &difference["identity"]),
        (&Value::from("3"), &Value::from("public.users.email"))
    );
    assert_eq!((&origin["revision"], &origin["effect"]), (&Value::from("3"), &Value::from("dropped")));
    let place = &origin["place"]["file"];
    assert_eq!(place["position"]["line"], 4);
    assert!(place["path"].as_str().is_some_and(|path| path.ends_with("3_orders.up.sql")), "{origin}");
}

/// A live database is read and nothing else; what its history table says is compared with its schema.
#[test]
fn a_live_database_is_compared_with_what_it_records() {
    let folder = with_dump("");
    lock(folder.path());
    let mut server = Running::start(&[]);
    let url = server.line();
    let recorded = "CREATE TABLE users (id bigint, email text); \
        CREATE TABLE _sqlx_migrations (version bigint PRIMARY KEY, description text NOT NULL, \
        installed_on timestamptz NOT NULL DEFAULT now(), success boolean NOT NULL, checksum bytea NOT NULL, \
        execution_time bigint NOT NULL); \
        INSERT INTO _sqlx_migrations VALUES (1, 'users', now(), true, '', 0), (2, 'fill', now(), true, '', 0)";
    execute(&url, recorded);
    let (code, answer, stderr) = identify(folder.path(), &url, &["--offline"]);
    assert_eq!((code, &answer["agrees"]), (0, &Value::Bool(true)), "{stderr}");
    execute(&url, "INSERT INTO _sqlx_migrations VALUES (3, 'orders', now(), true, '', 0)");
    let (code, answer, stderr) = identify(folder.path(), &url, &[]);
    assert_eq!((code, &answer["agrees"]), (1, &Value::Bool(false)), "{stderr}");
    assert_eq!((ids(&answer["exact"]), ids(&answer["recorded"])), (vec!["1", "2"], vec!["1", "2", "3"]));
    // A database that is at none: the history is played on a shadow of the database's major.
    execute(&url, "ALTER TABLE users ADD nickname text");
    let (code, answer, stderr) = identify(folder.path(), &url, &[]);
    assert_eq!(code, 1, "{stderr}");
    assert_eq!(answer["nearest"][0]["differences"][0]["identity"], "public.users.nickname");
    server.close_stdin();
}

#[test]
fn what_is_no_target_is_refused() {
    let folder = with_dump("");
    let (code, _, stderr) = identify(folder.path(), "nothing.dump", &[]);
    assert_eq!(code, 2);
    assert!(stderr.contains("no such file"), "{stderr}");
    let (code, _, stderr) = identify(folder.path(), "postgres://u:secret@127.0.0.1:1/d", &[]);
    assert_eq!(code, 2);
    assert!(!stderr.contains("secret"), "{stderr}");
}

fn execute(url: &str, sql: &str) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let client = client::connect(url).await.expect("it can be reached");
        client.batch_execute(sql).await.expect("it runs");
    });
}
