//! `drift` on databases that were changed by hand, on what is no drift, and while it watches.

use crate::diff::run;
use crate::support::{Databases, program, project, signal, wait_for};
use rustix::process::Signal;
use serde_json::Value;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

const HISTORY: [(&str, &str); 4] = [
    ("migrations/1_users.up.sql", "create table users (id int primary key, email text);"),
    ("migrations/1_users.down.sql", "drop table users;"),
    ("migrations/2_index.up.sql", "create index users_by_email on users (email);"),
    ("migrations/2_index.down.sql", "drop index users_by_email;"),
];
const AT_ONE: &str = "create table users (id int primary key, email text);
    create table _sqlx_migrations (version bigint primary key, description text not null, \
    installed_on timestamptz not null default now(), success boolean not null, checksum bytea not null, \
    execution_time bigint not null);
    insert into _sqlx_migrations values (1, 'users', now(), true, '', 1);";

#[test]
fn a_column_and_an_index_made_by_hand_are_drift_and_a_pending_revision_is_none() {
    let (databases, project) = (Databases::start(), project(&HISTORY));
    let url = databases.make("shop", AT_ONE);
    let (code, stdout, stderr) = run(project.path(), &["drift", &url]);
    assert_eq!(code, 0, "{stdout}{stderr}");
    assert!(stdout.contains("1 users, as public._sqlx_migrations says"), "{stdout}");
    assert!(stdout.contains("pending: 2 index (no drift)"), "{stdout}");
    assert!(stdout.contains("✓ no drift: "), "{stdout}");

    databases.run(&url, "alter table users add column nick text; create index by_nick on users (nick)");
    let (code, stdout, _) = run(project.path(), &["drift", &url]);
    assert_eq!(code, 1, "{stdout}");
    let tree = "  ~ table users\n    + column nick  text\n    + index by_nick  (nick)\n";
    assert!(stdout.contains(tree), "{stdout}");
    assert!(stdout.contains("✗ drift: 2 differences: added 1 column, 1 index"), "{stdout}");

    let (code, stdout, _) = run(project.path(), &["drift", &url, "--format", "json"]);
    let report: Value = serde_json::from_str(&stdout).expect("JSON");
    assert_eq!((code, &report["state"], &report["expected"]["revision"]), (1, &"drift".into(), &"1".into()));
    assert_eq!(report["expected"]["known_by"]["history_table"], "public._sqlx_migrations");
    assert_eq!(report["comparison"]["differences"].as_array().map(Vec::len), Some(2));
}

#[test]
fn a_person_says_what_to_expect() {
    let (databases, project) = (Databases::start(), project(&HISTORY));
    let sql = HISTORY[0].1.to_owned() + HISTORY[2].1;
    let url = databases.make("shop", &sql);
    let (code, _, stderr) = run(project.path(), &["drift", &url]);
    assert_eq!(code, 2, "{stderr}");
    assert!(stderr.contains("no history table") && stderr.contains("--revision"), "{stderr}");
    let (code, stdout, _) = run(project.path(), &["drift", &url, "--revision", "2"]);
    assert_eq!(code, 0, "{stdout}");
    assert!(stdout.contains("2 index, as --revision says"), "{stdout}");
    let (code, stdout, _) = run(project.path(), &["drift", &url, "--revision", "1"]);
    assert_eq!(code, 1, "{stdout}");
    assert!(stdout.contains("+ index users_by_email"), "{stdout}");
    let (code, stdout, _) = run(project.path(), &["drift", &url, "--against", "migrations"]);
    assert_eq!(code, 0, "{stdout}");
    let (code, _, stderr) = run(project.path(), &["drift", &url, "--revision", "3"]);
    assert_eq!(code, 2, "{stderr}");
    assert!(stderr.contains("no revision 3 in this history"), "{stderr}");
}

#[test]
fn a_history_table_that_is_dirty_or_ahead_is_said() {
    let (databases, project) = (Databases::start(), project(&HISTORY));
    let url = databases.make("shop", AT_ONE);
    databases.run(&url, "insert into _sqlx_migrations values (2, 'index', now(), false, '', 1)");
    let (code, stdout, _) = run(project.path(), &["drift", &url]);
    assert_eq!(code, 1, "{stdout}");
    assert!(stdout.contains("failed half-way, as the history table says: 2"), "{stdout}");
    assert!(stdout.contains("✗ dirty: "), "{stdout}");
    databases.run(&url, "update _sqlx_migrations set version = 7, success = true where version = 2");
    let (code, _, stderr) = run(project.path(), &["drift", &url]);
    assert_eq!(code, 2, "{stderr}");
    assert!(stderr.contains("revisions that this folder does not have"), "{stderr}");
    assert!(stderr.contains("public._sqlx_migrations records 7"), "{stderr}");
}

/// Drift of a locked project, where no server can be had: exit status, stdout and stderr.
fn drift_without_server(project: &tempfile::TempDir, url: &str) -> (i32, String, String) {
    let empty = tempfile::tempdir().expect("a temporary folder");
    let cache = empty.path().to_str().expect("a UTF-8 path");
    run(project.path(), &["drift", url, "--offline", "--no-installed-postgres", "--cache", cache])
}

#[test]
fn the_lock_spares_the_server() {
    let config = ("groundline.toml", "[migrations]\nlayout = \"sqlx\"\n");
    let project = project(&[config, HISTORY[0], HISTORY[1], HISTORY[2], HISTORY[3]]);
    let put = |file: &str, text: &str| std::fs::write(project.path().join(file), text).expect("a file");
    let (code, _, stderr) = run(project.path(), &["lock"]);
    assert_eq!(code, 0, "{stderr}");
    let databases = Databases::start();
    let url = databases.make("shop", AT_ONE);
    let says = |status: i32, words: &str| {
        let (code, stdout, stderr) = drift_without_server(&project, &url);
        assert_eq!(code, status, "{stdout}{stderr}");
        assert!(stdout.contains(words) || stderr.contains(words), "no {words:?}: {stdout}{stderr}");
        stdout
    };
    says(0, "1 users, as public._sqlx_migrations says; known by groundline.lock");
    put("migrations/1_users.up.sql", &format!("-- who they are\n{}", HISTORY[0].1));
    says(0, "known by groundline.lock");
    // Of a revision before head the lock has the fingerprint alone.
    databases.run(&url, "alter table users add column nick text");
    says(2, "can't be had here");

    databases.run(&url, HISTORY[2].1);
    databases.run(&url, "insert into _sqlx_migrations values (2, 'index', now(), true, '', 1)");
    let stdout = says(1, "2 index, as public._sqlx_migrations says; known by groundline.schema.json");
    assert!(stdout.contains("    + column nick  text\n"), "{stdout}");
    databases.run(&url, "alter table users drop column nick");
    says(0, "2 index, as public._sqlx_migrations says; known by groundline.lock");

    put("groundline.toml", &format!("{}[catalog]\nprofile = \"full\"\n", config.1));
    says(2, "measured in the scope schema, and wanted is full");
    put("groundline.toml", config.1);
    put("migrations/1_users.up.sql", "create table users (id int primary key, email varchar);");
    says(2, "can't be had here");
    let (code, stdout, _) = run(project.path(), &["drift", &url, "--format", "json"]);
    let report: Value = serde_json::from_str(&stdout).expect("JSON");
    assert_eq!((code, &report["expected"]["schema_by"]), (1, &"replay".into()));
    let (code, stdout, stderr) = run(project.path(), &["drift", &url, "--against", "lock"]);
    assert_eq!(code, 0, "{stdout}{stderr}");
    assert!(stderr.contains("groundline.lock is not what the files are"), "{stderr}");
}

#[test]
fn a_watch_that_began_with_the_lock_needs_no_server_later() {
    let config = ("groundline.toml", "[migrations]\nlayout = \"sqlx\"\n");
    let (databases, project) =
        (Databases::start(), project(&[config, HISTORY[0], HISTORY[1], HISTORY[2], HISTORY[3]]));
    assert_eq!(run(project.path(), &["lock"]).0, 0);
    let url = databases.make("shop", AT_ONE);
    let empty = tempfile::tempdir().expect("a temporary folder");
    let cache = empty.path().to_str().expect("a UTF-8 path");
    let args = ["--offline", "--no-installed-postgres", "--cache", cache];
    let watch = Watch::start(project.path(), &url, &args);
    assert!(watch.line().contains("  no drift  at 1 users"));
    databases.run(&url, "create index by_hand on users (email)");
    assert!(watch.line().contains("  drift  from 1 users: + index public.by_hand"));
    assert_eq!(watch.interrupt(), Some(1));
}

/// `drift --watch 1` in the background.
struct Watch {
    child: Child,
    lines: Receiver<String>,
}

impl Watch {
    fn start(folder: &std::path::Path, url: &str, args: &[&str]) -> Self {
        let mut command = Command::new(program());
        command.args(["drift", url, "--watch", "1"]).args(args).current_dir(folder);
        let mut child = command.stdout(Stdio::piped()).spawn().expect("the program starts");
        let stdout: ChildStdout = child.stdout.take().expect("a pipe");
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            let read = BufReader::new(stdout).lines().map_while(Result::ok);
            read.for_each(|line| drop(sender.send(line)));
        });
        Self { child, lines }
    }

    fn line(&self) -> String {
        self.lines.recv_timeout(Duration::from_secs(60)).expect("a line within a minute")
    }

    fn interrupt(mut self) -> Option<i32> {
        signal(self.child.id(), Signal::INT);
        let status = wait_for("the end of the watch", || self.child.try_wait().expect("it is a child"));
        status.code()
    }
}

#[test]
fn a_watch_says_what_changes_and_outlives_its_connection() {
    let (databases, project) = (Databases::start(), project(&HISTORY));
    let url = databases.make("shop", AT_ONE);
    let watch = Watch::start(project.path(), &url, &[]);
    let line = watch.line();
    assert!(line.contains("Z  no drift  at 1 users, fingerprint "), "{line}");
    assert!(line.ends_with("; 1 revision pending"), "{line}");
    databases.run(&url, "create index by_hand on users (email)");
    assert!(watch.line().contains("  drift  from 1 users: + index public.by_hand"));

    let lose = "select pg_terminate_backend(pid) from pg_stat_activity where datname = 'shop'";
    databases.server_run(&format!("{lose}; alter database shop rename to hidden"));
    let line = watch.line();
    assert!(line.contains("  unknown  "), "{line}");
    databases.server_run("alter database hidden rename to shop");
    let line = loop {
        // Between the two, the server may say more than one thing.
        let line = watch.line();
        if !line.contains("  unknown  ") {
            break line;
        }
    };
    assert!(line.contains("  drift  from 1 users: + index public.by_hand"), "{line}");
    databases.run(&url, "drop index by_hand");
    assert!(watch.line().contains("  no drift  "));
    assert_eq!(watch.interrupt(), Some(0));
}

#[test]
fn a_watch_for_programs_is_a_line_of_json_a_change() {
    let (databases, project) = (Databases::start(), project(&HISTORY));
    let url = databases.make("shop", AT_ONE);
    databases.run(&url, "create index by_hand on users (email)");
    let watch = Watch::start(project.path(), &url, &["--format", "json"]);
    let event: Value = serde_json::from_str(&watch.line()).expect("JSON");
    assert_eq!(event["state"], "drift");
    assert!(event["time"].as_str().is_some_and(|time| time.ends_with('Z')), "{event}");
    assert_eq!(event["comparison"]["differences"][0]["identity"], "public.by_hand");
    assert_eq!(watch.interrupt(), Some(1));
}
