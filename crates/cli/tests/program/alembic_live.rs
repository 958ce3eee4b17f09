//! Alembic's histories on live databases: run, reverted, stamped and adopted through the project's own Alembic, whoever
//! did the rest.

use crate::alembic::{ASYNC_ENVIRONMENT, ENVIRONMENT, FIRST, revision};
use crate::support::{Databases, program, project, python, signal, wait_for};
use crate::upgrade_died::kill;
use rustix::process::Signal;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

const HEADS: &str = "SELECT string_agg(version_num, ',' ORDER BY version_num) FROM alembic_version";
const JOURNAL: &str = "SELECT string_agg(version || ' ' || direction, ', ' ORDER BY id) FROM groundline.event \
                       WHERE kind IN ('revision_applied', 'revision_reverted')";

/// `users`, two branches that add a column each, their merge, and an index that is built outside of a transaction.
fn branches(environment: &str) -> TempDir {
    let column = |version: &str| {
        let up = format!("op.execute('ALTER TABLE users ADD {version} int')");
        revision(version, "'a1'", &up, &format!("op.drop_column('users', '{version}')"))
    };
    let outside =
        |sql: &str| format!("with op.get_context().autocommit_block():\n        op.execute('{sql}')");
    let index = outside("CREATE INDEX CONCURRENTLY users_b2 ON users (b2)");
    project(&[
        ("db/env.py", environment),
        ("db/versions/a1.py", FIRST),
        ("db/versions/b2.py", &column("b2")),
        ("db/versions/c3.py", &column("c3")),
        ("db/versions/d4.py", &revision("d4", "('b2', 'c3')", "pass", "pass")),
        ("db/versions/e5.py", &revision("e5", "'d4'", &index, &outside("DROP INDEX CONCURRENTLY users_b2"))),
        ("alembic.ini", "[alembic]\nscript_location = db\n"),
    ])
}

fn environment_py() -> String {
    ENVIRONMENT
        .replace("URL", "context.config.get_main_option('sqlalchemy.url') or os.environ['DATABASE_URL']")
}

/// Runs the program on a project; gives its exit status and all that it printed.
fn groundline(python: &Path, project: &Path, arguments: &[&str]) -> (i32, String) {
    said(Command::new(program()).args(arguments).current_dir(project).env("VIRTUAL_ENV", python))
}

/// Runs the project's own Alembic.
fn alembic(python: &Path, project: &Path, url: &str, arguments: &[&str]) -> String {
    let url = url.replacen("postgresql:", "postgresql+psycopg:", 1);
    let mut command = Command::new(python.join("bin/alembic"));
    let (code, text) = said(command.args(arguments).current_dir(project).env("DATABASE_URL", url));
    assert_eq!(code, 0, "{text}");
    text
}

fn said(command: &mut Command) -> (i32, String) {
    let output = command.output().expect("it runs");
    let [stdout, stderr] =
        [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    (output.status.code().expect("an exit status"), stdout + &stderr)
}

fn start(python: &Path, project: &Path, url: &str) -> Child {
    let mut command = Command::new(program());
    command.args(["upgrade", "--url", url]).current_dir(project).env("VIRTUAL_ENV", python);
    command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the program starts")
}

#[test]
fn either_one_does_a_half_and_then_nothing_is_left_to_do() {
    let Some(python) = python::environment() else { return };
    let databases = Databases::start();
    for (name, environment) in [("plain", environment_py()), ("asynchronous", ASYNC_ENVIRONMENT.to_owned())] {
        let folder = branches(&environment);
        let url = databases.make(name, "");
        let ours = |arguments: &[&str]| {
            let (code, text) = groundline(python, folder.path(), &[arguments, &["--url", &url]].concat());
            assert_eq!(code, 0, "{text}");
            text
        };
        ours(&["upgrade", "+2"]);
        assert_eq!(databases.rows(&url, HEADS), "b2");
        if name == "plain" {
            alembic(python, folder.path(), &url, &["upgrade", "head"]);
            assert!(ours(&["upgrade"]).contains("0 revisions applied"));
            alembic(python, folder.path(), &url, &["downgrade", "a1"]);
        }
        ours(&["upgrade", "c3"]);
        ours(&["upgrade"]);
        let (code, text) = groundline(python, folder.path(), &["current", "--check-head", &url]);
        assert_eq!((code, databases.rows(&url, HEADS).as_str()), (0, "e5"), "{text}");
        if name == "plain" {
            assert!(alembic(python, folder.path(), &url, &["current"]).contains("e5 (head)"));
        }
        let (code, text) = groundline(python, folder.path(), &["downgrade", "a1", "--url", &url]);
        assert!(code == 1 && text.contains("loses data"), "{text}");
        databases
            .run(&url, "DO $$ BEGIN ASSERT (SELECT count(*) FROM pg_index WHERE NOT indisvalid) = 0; END $$");
        assert!(databases.rows(&url, JOURNAL).ends_with("d4 up, e5 up"), "{}", databases.rows(&url, JOURNAL));
    }
}

#[test]
fn a_branch_is_reverted_beside_the_other() {
    let Some(python) = python::environment() else { return };
    let (databases, folder) = (Databases::start(), branches(&environment_py()));
    let url = databases.make("shop", "");
    let run = |arguments: &[&str]| groundline(python, folder.path(), arguments);
    assert_eq!(run(&["upgrade", "+3", "--url", &url]).0, 0);
    assert_eq!(databases.rows(&url, HEADS), "b2,c3");
    let (_, plan) = run(&["downgrade", "-1", "--url", &url, "--dry-run"]);
    let digest = plan.lines().find_map(|line| line.strip_prefix("plan ")).expect("a digest").to_owned();
    let (code, text) = run(&["downgrade", "-1", "--url", &url, "--approve", &digest]);
    assert_eq!((code, databases.rows(&url, HEADS).as_str()), (0, "b2"), "{text}");
    let (code, text) = run(&["upgrade", "b2", "--url", &url]);
    assert!(code == 0 && text.contains("0 revisions applied"), "{text}");
}

#[test]
fn who_is_in_the_way_is_named_and_a_failed_revision_leaves_nothing() {
    let Some(python) = python::environment() else { return };
    let (databases, folder) = (Databases::start(), branches(&environment_py()));
    let url = databases.make("shop", "");
    assert_eq!(groundline(python, folder.path(), &["upgrade", "a1", "--url", &url]).0, 0);
    let reader = databases.session(&url, "set application_name = 'report'; begin; select from users");
    let arguments = ["upgrade", "--url", &url, "--lock-timeout", "300", "--retries", "1"];
    let (code, text) = groundline(python, folder.path(), &arguments);
    assert_eq!((code, databases.rows(&url, HEADS).as_str()), (1, "a1"), "{text}");
    assert!(text.contains("attempt 2 in") && text.contains("report), idle in transaction"), "{text}");
    drop(reader);
    assert_eq!(groundline(python, folder.path(), &arguments).0, 0);
}

#[test]
fn killed_or_stopped_in_a_revision_the_next_run_reaches_head() {
    let Some(python) = python::environment() else { return };
    let slow =
        revision("b2", "'a1'", "op.execute('ALTER TABLE users ADD b2 int; SELECT pg_sleep(60)')", "pass");
    let quick = slow.replace("(60)", "(0)");
    for stops in [true, false] {
        let (databases, folder) = (
            Databases::start(),
            project(&[
                ("db/env.py", &environment_py()),
                ("db/versions/a1.py", FIRST),
                ("db/versions/b2.py", &slow),
            ]),
        );
        let url = databases.make("shop", "");
        let child = start(python, folder.path(), &url);
        let sleeps = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'";
        wait_for("the revision", || (databases.rows(&url, sleeps) == "1").then_some(()));
        match stops {
            true => {
                signal(child.id(), Signal::INT);
                let output = child.wait_with_output().expect("it ends");
                let text = String::from_utf8_lossy(&output.stderr).into_owned();
                assert!(output.status.code() == Some(1) && text.contains("committed: a1; not: b2"), "{text}");
                assert_eq!(databases.rows(&url, sleeps), "0");
            }
            false => kill(child),
        }
        std::fs::write(folder.path().join("db/versions/b2.py"), &quick).expect("a file");
        let (code, text) = groundline(python, folder.path(), &["upgrade", "--url", &url]);
        assert_eq!((code, databases.rows(&url, HEADS).as_str()), (0, "b2"), "{text}");
        assert_eq!(stops, !text.contains("ends the session of a run that died"), "{text}");
    }
}

#[test]
fn a_revision_in_pieces_that_died_is_not_guessed_about() {
    let Some(python) = python::environment() else { return };
    let (databases, folder) = (Databases::start(), branches(&environment_py()));
    let url = databases.make("shop", "");
    assert_eq!(groundline(python, folder.path(), &["upgrade", "d4", "--url", &url]).0, 0);
    let writer = databases.session(&url, "begin; lock users in row exclusive mode; select txid_current()");
    let child = start(python, folder.path(), &url);
    let building = "SELECT count(*) FROM pg_index WHERE NOT indisvalid";
    wait_for("an INVALID index", || (databases.rows(&url, building) == "1").then_some(()));
    kill(child);
    let (code, text) = groundline(python, folder.path(), &["upgrade", "--url", &url]);
    drop(writer);
    assert!(code == 1 && text.contains("how much of this revision ran is not known"), "{text}");
    databases.run(&url, "DROP INDEX IF EXISTS users_b2");
    let (code, text) = groundline(python, folder.path(), &["upgrade", "--url", &url, "--unknown", "again"]);
    assert_eq!((code, databases.rows(&url, HEADS).as_str()), (0, "e5"), "{text}");
}

#[test]
fn an_environment_that_leads_elsewhere_runs_nothing() {
    let Some(python) = python::environment() else { return };
    let databases = Databases::start();
    let other = databases.make("other", "").replacen("postgresql:", "postgresql+psycopg:", 1);
    let folder = branches(&ENVIRONMENT.replace("URL", &format!("'{other}&password=geheim'")));
    let url = databases.make("shop", "");
    for arguments in
        [&["upgrade", "--url", &url][..], &["stamp", "base", &url, "--purge", "--unproven", "--reason", "x"]]
    {
        let (code, text) = groundline(python, folder.path(), arguments);
        assert!(
            code != 0 && text.contains("env.py does not connect to the database that was meant"),
            "{text}"
        );
        assert!(!text.contains("geheim"), "{text}");
    }
    let tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'";
    let [other, url] = [other.replacen("+psycopg", "", 1), url].map(|url| databases.rows(&url, tables));
    assert_eq!((other, url), ("0".to_owned(), "0".to_owned()));
}

#[test]
fn alembic_writes_the_rows_of_a_stamp_and_of_an_adoption() {
    let Some(python) = python::environment() else { return };
    let (databases, folder) = (Databases::start(), branches(&environment_py()));
    assert_eq!(groundline(python, folder.path(), &["lock"]).0, 0);
    let url = databases.make("shop", "CREATE TABLE users (id bigint); ALTER TABLE users ADD b2 int");
    let run = |arguments: &[&str]| groundline(python, folder.path(), arguments);
    let (code, text) = run(&["adopt", &url, "--dry-run"]);
    assert!(code == 0 && text.contains("alembic stamp b2"), "{text}");
    let (code, text) = run(&["adopt", &url, "--yes"]);
    assert_eq!((code, databases.rows(&url, HEADS).as_str()), (0, "b2"), "{text}");
    let (code, text) = run(&["stamp", "e5", &url]);
    assert!(code == 1 && databases.rows(&url, HEADS) == "b2", "{text}");
    databases.run(&url, "ALTER TABLE users ADD c3 int");
    let (code, text) = run(&["stamp", "d4", &url]);
    assert_eq!((code, databases.rows(&url, HEADS).as_str()), (0, "d4"), "{text}");
    assert_eq!(run(&["upgrade", "--url", &url]).0, 0);
    assert!(alembic(python, folder.path(), &url, &["current"]).contains("e5 (head)"));
    let (code, text) = run(&["adopt", &url, "--to", "groundline", "--yes"]);
    assert_eq!(code, 0, "{text}");
}

#[test]
fn a_new_revision_is_a_file_by_the_projects_own_template() {
    let Some(python) = python::environment() else { return };
    let folder = branches(&environment_py());
    let template = "revision = ${repr(up_revision)}\ndown_revision = ${repr(down_revision)}\nours = 1\n\
                    def upgrade(): pass\ndef downgrade(): pass\n";
    std::fs::write(folder.path().join("db/script.py.mako"), template).expect("a file");
    let (code, text) = groundline(python, folder.path(), &["revision", "-m", "Add a phone"]);
    assert_eq!(code, 0, "{text}");
    let path = text.lines().find_map(|line| line.strip_prefix("wrote ")).expect("a path");
    let made = std::fs::read_to_string(folder.path().join(path)).expect("a file");
    assert!(made.contains("down_revision = 'e5'") && made.contains("ours = 1"), "{made}");
    assert!(path.ends_with("_add_a_phone.py"), "{path}");
}
