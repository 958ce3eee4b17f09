//! An upgrade that is killed with -9 at a moment, or whose sessions are: one more upgrade reaches head, and history,
//! journal and schema agree.

use crate::diff::run;
use crate::support::{Databases, program, project, runs, wait_for};
use crate::upgrade::HISTORY;
use std::path::Path;
use std::process::{Child, Command, Stdio};

pub fn start(folder: &Path, url: &str) -> Child {
    let mut command = Command::new(program());
    command.args(["upgrade", "--url", url]).current_dir(folder);
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program starts")
}

pub fn kill(mut child: Child) {
    let id = child.id();
    child.kill().expect("it runs");
    child.wait().expect("it ends");
    assert!(!runs(id));
}

/// One more upgrade, and what must hold then.
pub fn assert_reaches_head(databases: &Databases, folder: &Path, url: &str) -> String {
    let (code, _, stderr) = run(folder, &["upgrade", "--url", url]);
    assert_eq!(code, 0, "{stderr}");
    let applied =
        "select string_agg(version::text, ',' order by version) from _sqlx_migrations where success";
    assert_eq!(databases.rows(url, applied), "1,2,3");
    let told =
        "select string_agg(version, ',' order by id) from groundline.event where kind = 'revision_applied'";
    assert_eq!(databases.rows(url, told), "1,2,3");
    let invalid = "select count(*) from pg_index where not indisvalid";
    assert_eq!(
        (databases.rows(url, invalid), databases.rows(url, "select count(*) from users")),
        ("0".into(), "1".into())
    );
    assert_eq!(run(folder, &["drift", url]).0, 0);
    stderr
}

#[test]
fn killed_while_an_index_is_built_the_next_run_builds_it() {
    let (databases, project) = (Databases::start(), project(&HISTORY));
    assert_eq!(run(project.path(), &["lock"]).0, 0);
    let url = databases.make("shop", "");
    assert_eq!(run(project.path(), &["upgrade", "1", "--url", &url]).0, 0);
    // The build waits for a transaction that has written to the table; the index is INVALID meanwhile.
    let writer = databases.session(&url, "begin; lock users in row exclusive mode; select txid_current()");
    let child = start(project.path(), &url);
    let building = "select count(*) from pg_index where not indisvalid";
    wait_for("an INVALID index", || (databases.rows(&url, building) == "1").then_some(()));
    kill(child);
    drop(writer);
    assert_reaches_head(&databases, project.path(), &url);
}

#[test]
fn killed_at_any_moment_the_next_run_reaches_head() {
    let (databases, project) = (Databases::start(), project(&HISTORY));
    assert_eq!(run(project.path(), &["lock"]).0, 0);
    for round in 0..12_u64 {
        let url = databases.make(&format!("shop_{round}"), "");
        let child = start(project.path(), &url);
        std::thread::sleep(std::time::Duration::from_millis(40 + round * 15));
        kill(child);
        assert_reaches_head(&databases, project.path(), &url);
    }
}

#[test]
fn sessions_that_are_ended_are_looked_after() {
    let mut files = HISTORY;
    files[5].1 =
        "alter table users add note text;\nselect pg_sleep(0.5);\ninsert into users values (1, 'a', 'b');";
    let (databases, project) = (Databases::start(), project(&files));
    assert_eq!(run(project.path(), &["lock"]).0, 0);
    let url = databases.make("shop", "");
    assert_eq!(run(project.path(), &["upgrade", "+1", "--url", &url]).0, 0);
    let child = start(project.path(), &url);
    let sleeping = "select pg_terminate_backend(pid) from pg_stat_activity where query like 'select pg_sleep%' and state = 'active'";
    wait_for("the statement", || (databases.rows(&url, sleeping) == "t").then_some(()));
    let output = child.wait_with_output().expect("the end");
    assert_eq!(output.status.code(), Some(1));
    let failed = "select detail ->> 'what' from groundline.event where kind = 'run_failed'";
    assert_eq!(
        databases.rows(&url, failed),
        "the connection was lost; nothing of the transaction was committed"
    );
    assert_reaches_head(&databases, project.path(), &url);
}

#[test]
fn a_commit_whose_answer_was_lost_is_looked_up_and_gone_on_from() {
    let mut files = HISTORY;
    files[1].1 = "create table users (id int primary key, email text);\nset local synchronous_commit = on;";
    let (databases, project) = (Databases::start(), project(&files));
    assert_eq!(run(project.path(), &["lock"]).0, 0);
    let url = databases.make("shop", "alter database shop set synchronous_commit = local");
    databases.run(&url, "alter system set synchronous_standby_names = 'nobody'");
    databases.run(&url, "select pg_reload_conf()");
    let child = start(project.path(), &url);
    // The transaction is committed here, and its COMMIT is not answered before a standby that there is not has it.
    let waiting = "select pg_terminate_backend(pid) from pg_stat_activity where wait_event = 'SyncRep'";
    wait_for("the COMMIT", || (databases.rows(&url, waiting) == "t").then_some(()));
    assert_eq!(child.wait_with_output().expect("the end").status.code(), Some(0));
    databases.run(&url, "alter system reset synchronous_standby_names");
    databases.run(&url, "select pg_reload_conf()");
    assert_reaches_head(&databases, project.path(), &url);
}

#[test]
fn a_block_that_may_commit_by_itself_is_not_guessed_about() {
    let mut files = HISTORY;
    files[5].1 = "-- no-transaction\ndo $$ begin insert into users values (1, 'a'); commit; perform pg_sleep(60); end $$;";
    let (databases, project) = (Databases::start(), project(&files));
    let url = databases.make("shop", "");
    let child = start(project.path(), &url);
    let inserted = "select count(*) from pg_stat_activity where query like 'do %' and wait_event = 'PgSleep'";
    wait_for("the block", || (databases.rows(&url, inserted) == "1").then_some(()));
    kill(child);
    let (code, _, stderr) = run(project.path(), &["upgrade", "--url", &url]);
    assert!(code == 1 && stderr.contains("whether this statement ran is not known"), "{stderr}");
    assert!(stderr.contains("migrations/3_note.up.sql:2:1"), "{stderr}");
    assert_eq!(databases.rows(&url, "select count(*) from users"), "1", "it ran once");
    assert_eq!(databases.rows(&url, "select count(*) from _sqlx_migrations"), "2");
}

/// A history of three whose second builds an index, in a layout whose tool marks what it begins.
const MARKED: [(&str, &str, &str, &str, &str); 2] = [
    (
        "golang-migrate",
        "migrations/{}.up.sql",
        "select version || ' ' || dirty from schema_migrations",
        "000002 true",
        "000003 false",
    ),
    (
        "prisma",
        "prisma/migrations/{}/migration.sql",
        "select migration_name || ' ' || (finished_at is null) from _prisma_migrations where rolled_back_at is null order by started_at desc limit 1",
        "000002_index true",
        "000003_row false",
    ),
];

#[test]
fn what_another_tool_calls_dirty_is_said_while_a_revision_is_half_way() {
    for (layout, path, state, half_way, end) in MARKED {
        let file = |name: &str| path.replace("{}", name);
        let (files, databases) = (
            [
                (file("000001_users"), "create table users (id int, email text);"),
                (file("000002_index"), "create unique index concurrently users_by_email on users (email);"),
                (file("000003_row"), "insert into users values (1, 'a');"),
            ],
            Databases::start(),
        );
        let mut files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), *text)).collect();
        let config = format!(
            "[migrations]\nlayout = \"{layout}\"\nfolder = \"{}\"\n",
            path.split("/{}").next().expect("a folder")
        );
        files.push(("groundline.toml", &config));
        let project = project(&files);
        let state = |url: &str| databases.rows(url, state).trim_start_matches('0').to_owned();
        let is = |wanted: &str| wanted.trim_start_matches('0').to_owned();
        let url = databases.make("shop", "");
        assert_eq!(run(project.path(), &["upgrade", "+1", "--url", &url]).0, 0);

        // What failed and left nothing is taken back.
        databases.run(&url, "insert into users values (1, 'a'), (2, 'a')");
        let before = state(&url);
        assert_eq!(run(project.path(), &["upgrade", "--url", &url]).0, 1);
        assert_eq!(state(&url), before);
        databases.run(&url, "delete from users");

        let writer =
            databases.session(&url, "begin; lock users in row exclusive mode; select txid_current()");
        let child = start(project.path(), &url);
        let building = "select count(*) from pg_index where not indisvalid";
        wait_for("an INVALID index", || (databases.rows(&url, building) == "1").then_some(()));
        assert_eq!(state(&url), is(half_way), "{layout}");
        kill(child);
        drop(writer);
        let (code, _, stderr) = run(project.path(), &["upgrade", "--url", &url]);
        assert_eq!((code, state(&url)), (0, is(end)), "{layout}: {stderr}");
        assert_eq!(databases.rows(&url, building), "0");
    }
}

#[test]
fn a_way_down_that_died_is_marked_at_the_version_that_it_leads_to_and_gone_on_with() {
    let (databases, project) = (
        Databases::start(),
        project(&[
            ("migrations/1_users.up.sql", "create table users (id int, email text);"),
            ("migrations/1_users.down.sql", "drop table users;"),
            ("migrations/2_index.up.sql", "create index concurrently users_by_email on users (email);"),
            ("migrations/2_index.down.sql", "drop index concurrently if exists users_by_email;"),
            ("groundline.toml", "[migrations]\nlayout = \"golang-migrate\"\nfolder = \"migrations\"\n"),
        ]),
    );
    let url = databases.make("shop", "");
    assert_eq!(run(project.path(), &["upgrade", "--url", &url]).0, 0);
    let reader = databases.session(&url, "begin; lock users in row exclusive mode; select txid_current()");
    let mut command = Command::new(program());
    command.args(["downgrade", "-1", "--url", &url]).current_dir(project.path());
    let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program starts");
    let dropping = "select count(*) from pg_index where not indisvalid";
    wait_for("an INVALID index", || (databases.rows(&url, dropping) == "1").then_some(()));
    let state = "select version || ' ' || dirty from schema_migrations";
    assert_eq!(databases.rows(&url, state), "1 true");
    kill(child);
    drop(reader);
    let (code, _, stderr) = run(project.path(), &["downgrade", "-1", "--url", &url]);
    assert_eq!((code, databases.rows(&url, state).as_str()), (0, "1 false"), "{stderr}");
}
