//! `plan`, `upgrade` and `downgrade` on databases: what is done, recorded, refused and told.

use crate::diff::run;
use crate::support::{Databases, program, project, signal, wait_for};
use rustix::process::Signal;
use serde_json::Value;
use std::process::{Command, Stdio};

pub const HISTORY: [(&str, &str); 7] = [
    ("groundline.toml", "[project]\nname = \"shop\"\n[migrations]\nlayout = \"sqlx\"\n"),
    ("migrations/1_users.up.sql", "create table users (id int primary key, email text);"),
    ("migrations/1_users.down.sql", "drop table users;"),
    (
        "migrations/2_index.up.sql",
        "-- no-transaction\ncreate index concurrently users_by_email on users (email);",
    ),
    ("migrations/2_index.down.sql", "drop index users_by_email;"),
    ("migrations/3_note.up.sql", "alter table users add note text;\ninsert into users values (1, 'a', 'b');"),
    ("migrations/3_note.down.sql", "alter table users drop column note;"),
];
const APPLIED: &str =
    "select string_agg(version::text, ',' order by version) from _sqlx_migrations where success";

#[test]
fn up_to_head_and_back_and_each_is_recorded_with_its_change() {
    let (databases, project) = (Databases::start(), project(&HISTORY));
    assert_eq!(run(project.path(), &["lock"]).0, 0);
    let url = databases.make("shop", "");
    let upgrade = |args: &[&str]| run(project.path(), &[&["upgrade", "--url", &url], args].concat());
    let (code, stdout, _) = upgrade(&["--dry-run"]);
    assert!(
        code == 0 && stdout.contains("3 revisions") && stdout.contains("alone, in no transaction"),
        "{stdout}"
    );
    assert_eq!(
        databases.rows(&url, "select to_regclass('users') is null, to_regclass('groundline.event') is null"),
        "t t"
    );
    let (code, stdout, stderr) = upgrade(&["+1"]);
    assert_eq!((code, databases.rows(&url, APPLIED).as_str()), (0, "1"), "{stdout}{stderr}");
    let (code, stdout, stderr) = upgrade(&["--format", "json"]);
    let ran: Value = serde_json::from_str(&stdout).expect("JSON");
    assert_eq!((code, &ran["done"]), (0, &serde_json::json!(["2", "3"])), "{stderr}");
    assert_eq!(databases.rows(&url, APPLIED), "1,2,3");
    assert!(run(project.path(), &["drift", &url]).1.contains("no drift"));
    let (code, stdout, _) = upgrade(&[]);
    assert!(code == 0 && stdout.starts_with("0 revisions applied"), "{stdout}");

    let downgrade = |args: &[&str]| run(project.path(), &[&["downgrade", "--url", &url], args].concat());
    let (code, _, stderr) = downgrade(&["-1"]);
    assert!(
        code == 1 && stderr.contains("3_note.down.sql:1:1: alter table users drop column note"),
        "{stderr}"
    );
    let digest = stderr.split("--approve ").nth(1).expect("the digest").trim();
    let (code, stdout, stderr) = downgrade(&["-1", "--approve", digest]);
    assert_eq!((code, databases.rows(&url, APPLIED).as_str()), (0, "1,2"), "{stdout}{stderr}");
    let kinds =
        "select string_agg(kind || coalesce(':' || version, ''), ' ' order by id) from groundline.event";
    let told = databases.rows(&url, kinds);
    assert!(
        told.contains("statement_begun:2 statement_done:2 revision_applied:2 revision_applied:3 run_ended"),
        "{told}"
    );
    assert!(told.ends_with("run_begun revision_reverted:3 run_ended"), "{told}");
}

#[test]
fn what_fails_is_rolled_back_and_what_was_committed_is_said() {
    let mut files = HISTORY;
    files[5].1 = "alter table users add note text;\nselect 1 / 0;";
    let (databases, project) = (Databases::start(), project(&files));
    let url = databases.make("shop", "");
    let (code, _, stderr) = run(project.path(), &["upgrade", "--url", &url]);
    assert_eq!((code, databases.rows(&url, APPLIED).as_str()), (1, "1,2"), "{stderr}");
    assert!(
        stderr.contains("migrations/3_note.up.sql:2:1") && stderr.contains("division by zero"),
        "{stderr}"
    );
    assert!(stderr.contains("committed: 1, 2; not: 3"), "{stderr}");
    let note =
        "select count(*) from information_schema.columns where table_name = 'users' and column_name = 'note'";
    assert_eq!(databases.rows(&url, note), "0");
    let failed = "select detail ->> 'what' from groundline.event where kind = 'run_failed'";
    assert_eq!(databases.rows(&url, failed), "division by zero");
}

#[test]
fn the_statement_that_failed_is_told_with_its_place() {
    let cases = [
        ("-- année\ncreate table a ();\ncreate table b (x nothing);", "2_bad.up.sql:3:19"),
        (
            "insert into users values (1);\n-- again\n  insert into users values (1);\nselect 1;",
            "2_bad.up.sql:3:3",
        ),
        ("create table a ();\n\\echo half\ncreate table b ();\nselect 1 frm users;", "2_bad.up.sql:4:14"),
        ("copy users from stdin;\n7\n\\.\nselect 1;\nselect 'x'::int;", "2_bad.up.sql:5:8"),
    ];
    let databases = Databases::start();
    for (at, (script, place)) in cases.iter().enumerate() {
        let files = [HISTORY[0], ("migrations/1_users.up.sql", "create table users (id int primary key);")];
        let project = project(&[files[0], files[1], ("migrations/2_bad.up.sql", script)]);
        let url = databases.make(&format!("shop_{at}"), "");
        let (code, _, stderr) = run(project.path(), &["upgrade", "--url", &url]);
        assert!(code == 1 && stderr.contains(place), "{script}\n{stderr}");
        assert_eq!(databases.rows(&url, "select to_regclass('a') is null, count(*) from users"), "t 0");
    }
}

#[test]
fn literals_are_read_as_the_script_says_from_its_next_statement_on() {
    let script = "set standard_conforming_strings = off;\ncreate table a as select 'C:\\\\' as path;\n\
                  set standard_conforming_strings = on;\ncreate table b as select 'C:\\\\' as path;";
    let (databases, project) = (Databases::start(), project(&[HISTORY[0], ("migrations/1_a.sql", script)]));
    let url = databases.make("shop", "");
    let (code, _, stderr) = run(project.path(), &["upgrade", "--url", &url]);
    assert_eq!(code, 0, "{stderr}");
    assert_eq!(databases.rows(&url, "select length(a.path), length(b.path) from a, b"), "3 4");
}

#[test]
fn a_saved_plan_is_refused_once_the_database_or_a_file_changed() {
    let (databases, project) = (Databases::start(), project(&HISTORY));
    let url = databases.make("shop", "");
    let go = |args: &[&str]| run(project.path(), &[args, &["--url", &url]].concat());
    let stale = |why: &str| {
        let (code, _, stderr) = go(&["upgrade", "--plan", "plan.json"]);
        assert!(code == 1 && stderr.contains("the plan is stale") && stderr.contains(why), "{stderr}");
        assert_eq!(go(&["plan", "--out", "plan.json"]).0, 0);
    };
    assert_eq!(go(&["plan", "--out", "plan.json"]).0, 0);
    databases.run(&url, "create table by_hand ()");
    stale("the database's schema was");
    std::fs::write(project.path().join("migrations/3_note.up.sql"), "select 1;").expect("a file");
    stale("3 note is not what it was");
    assert_eq!(go(&["upgrade", "+1"]).0, 0);
    stale("recorded nothing when it was made, and records 1 to 1 now");
    let (code, _, stderr) = go(&["upgrade", "--plan", "plan.json"]);
    assert_eq!((code, databases.rows(&url, APPLIED).as_str()), (0, "1,2,3"), "{stderr}");
}

#[test]
fn a_blocked_lock_is_given_up_in_time_its_holder_named_and_tried_again() {
    let (databases, project) = (Databases::start(), project(&HISTORY));
    let url = databases.make("shop", "");
    assert_eq!(run(project.path(), &["upgrade", "2", "--url", &url]).0, 0);
    let reader = databases.session(&url, "set application_name = 'report'; begin; select from users");
    let args = ["upgrade", "--url", &url, "--lock-timeout", "200", "--retries", "1"];
    let (code, _, stderr) = run(project.path(), &args);
    assert_eq!((code, databases.rows(&url, APPLIED).as_str()), (1, "1,2"), "{stderr}");
    assert!(stderr.contains("attempt 2 in") && stderr.contains("report), idle in transaction"), "{stderr}");
    assert!(stderr.contains("select from users"), "{stderr}");

    // A saved plan has its own limits.
    let plan = ["plan", "--url", &url, "--lock-timeout", "100", "--retries", "0", "--out", "plan.json"];
    assert_eq!(run(project.path(), &plan).0, 0);
    let (code, _, stderr) = run(project.path(), &["upgrade", "--url", &url, "--plan", "plan.json"]);
    assert!(code == 1 && !stderr.contains("attempt 2"), "{stderr}");
    drop(reader);
    assert_eq!(run(project.path(), &args).0, 0);
}

#[test]
fn an_invalid_index_of_somebody_else_is_refused_and_so_is_another_under_its_name() {
    let mut files = HISTORY;
    files[3].1 =
        "-- no-transaction\ncreate index concurrently if not exists users_by_email on users (email);";
    let (databases, project) = (Databases::start(), project(&files));
    let url = databases.make("shop", "");
    assert_eq!(run(project.path(), &["upgrade", "1", "--url", &url]).0, 0);
    databases.run(&url, "create index users_by_email on users (email)");
    databases
        .run(&url, "update pg_index set indisvalid = false where indexrelid = 'users_by_email'::regclass");
    let (code, _, stderr) = run(project.path(), &["upgrade", "--url", &url]);
    assert!(code == 1 && stderr.contains("IF NOT EXISTS would take an INVALID index for done"), "{stderr}");
    for another in [
        "create table other (email text); create index users_by_email on other (email)",
        "drop table other; create index users_by_email on users (lower(email))",
        "create unique index users_by_email on users (email)",
        "create index users_by_email on users (email) where id > 1",
    ] {
        databases.run(&url, &format!("drop index if exists users_by_email; {another}"));
        let (code, _, stderr) = run(project.path(), &["upgrade", "--url", &url]);
        let said = stderr.contains("IF NOT EXISTS would take another index for done");
        assert!(code == 1 && said, "{another}: {stderr}");
    }
    databases
        .run(&url, "drop index users_by_email; create index users_by_email on users using btree (email)");
    assert_eq!(run(project.path(), &["upgrade", "--url", &url]).0, 0);
}

#[test]
fn what_loses_data_needs_no_approval_where_there_is_none() {
    let mut files = HISTORY;
    files[5].1 = "drop table users; create table users (id int);";
    let (databases, project) = (Databases::start(), project(&files));
    let (empty, used) = (databases.make("empty", ""), databases.make("used", "create table mine ()"));
    assert_eq!(run(project.path(), &["upgrade", "--url", &empty]).0, 0);
    let (code, _, stderr) = run(project.path(), &["upgrade", "--url", &used]);
    assert!(code == 1 && stderr.contains("the plan loses data, and nobody approved it"), "{stderr}");
}

#[test]
fn a_late_revision_runs_only_where_its_order_is_proven_to_mean_nothing() {
    let (databases, project) = (Databases::start(), project(&HISTORY));
    let put = |sql: &str| {
        std::fs::write(project.path().join("migrations/2_index.up.sql"), sql).expect("a file");
    };
    let record = "insert into _sqlx_migrations select 3, 'note', now(), true, ''::bytea, 1";
    let late = |name: &str| {
        let url = databases.make(name, "");
        assert_eq!(run(project.path(), &["upgrade", "1", "--url", &url]).0, 0);
        databases.run(&url, &format!("alter table users add note text; {record}"));
        url
    };
    let url = late("harmless");
    let (code, _, stderr) = run(project.path(), &["upgrade", "--url", &url]);
    assert!(
        code == 1 && stderr.contains("out of order: 2 index") && stderr.contains("--prove-order"),
        "{stderr}"
    );
    let (code, _, stderr) = run(project.path(), &["upgrade", "--url", &url, "--prove-order"]);
    assert_eq!((code, databases.rows(&url, APPLIED).as_str()), (0, "1,2,3"), "{stderr}");
    assert!(stderr.contains("both orders yield the same schema"), "{stderr}");

    put("alter table users add nick text; do $$ begin if exists (select from pg_attribute where attrelid = \
        'users'::regclass and attname = 'note') then alter table users alter note set default 'x'; end if; end $$;");
    let url = late("harmful");
    let (code, _, stderr) = run(project.path(), &["upgrade", "--url", &url, "--prove-order"]);
    assert!(code == 1 && stderr.contains("yield another schema than in their order"), "{stderr}");
    assert!(stderr.contains("users.note"), "{stderr}");
    assert_eq!(databases.rows(&url, APPLIED), "1,3");
}

#[test]
fn a_signal_cancels_on_the_server_and_is_recorded() {
    let mut files = HISTORY;
    files[5].1 = "alter table users add note text;\nselect pg_sleep(60);";
    let (databases, project) = (Databases::start(), project(&files));
    // With something in the database, each statement is seen as it runs.
    let url = databases.make("shop", "create table other ()");
    let mut command = Command::new(program());
    command.args(["upgrade", "--url", &url]).current_dir(project.path());
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
    let sleeping =
        "select count(*) from pg_stat_activity where query like 'select pg_sleep%' and state = 'active'";
    wait_for("the statement", || (databases.rows(&url, sleeping) == "1").then_some(()));
    signal(child.id(), Signal::TERM);
    let output = child.wait_with_output().expect("the end");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!((output.status.code(), databases.rows(&url, sleeping).as_str()), (Some(1), "0"), "{stderr}");
    assert!(stderr.contains("committed: 1, 2; not: 3"), "{stderr}");
    assert_eq!(databases.rows(&url, "select count(*) from groundline.event where kind = 'run_failed'"), "1");
}

#[test]
fn a_role_without_rights_upgrades_in_a_schema_that_it_was_given() {
    let (databases, project) = (Databases::start(), project(&HISTORY));
    let url = databases.make("shop", "create role deployer login; grant create on schema public to deployer");
    let theirs = format!("{url}&user=deployer");
    let (code, _, stderr) = run(project.path(), &["upgrade", "--url", &theirs]);
    assert!(code == 2 && stderr.contains("CREATE SCHEMA groundline AUTHORIZATION \"deployer\";"), "{stderr}");
    databases.run(&url, "create schema groundline authorization deployer");
    let (code, _, stderr) = run(project.path(), &["upgrade", "--url", &theirs]);
    assert_eq!((code, databases.rows(&url, APPLIED).as_str()), (0, "1,2,3"), "{stderr}");
}

/// The server breaks the deadlock at the run's expense: the other session looks for none in time.
#[test]
fn a_deadlock_is_rolled_back_and_tried_again() {
    let mut files = HISTORY;
    files[1].1 = "create table users (id int primary key, email text);\ncreate table other (id int);";
    files[5].1 = "alter table users add note text;\ninsert into other values (1);";
    let (databases, project) = (Databases::start(), project(&files));
    let url = databases.make("shop", "");
    assert_eq!(run(project.path(), &["upgrade", "2", "--url", &url]).0, 0);
    let gate = databases.session(&url, "select pg_advisory_lock(1)");
    let waits = |query: &str| {
        let waiting = format!(
            "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and query like '{query}%'"
        );
        wait_for(query, || (databases.rows(&url, &waiting) == "1").then_some(()));
    };
    let args = ["upgrade", "--url", &url, "--lock-timeout", "30000"];
    std::thread::scope(|scope| {
        let crossing = "set deadlock_timeout = '60s'; begin; lock other; select pg_advisory_lock(1); \
                        lock users; commit";
        scope.spawn(|| databases.run(&url, crossing));
        waits("set deadlock_timeout");
        let upgrade = scope.spawn(|| run(project.path(), &args));
        waits("insert into other");
        drop(gate);
        let (code, _, stderr) = upgrade.join().expect("it ends");
        assert!(code == 0 && stderr.contains("attempt 2 in"), "{stderr}");
    });
    assert_eq!(
        (databases.rows(&url, APPLIED).as_str(), databases.rows(&url, "select count(*) from other").as_str()),
        ("1,2,3", "1")
    );
}
