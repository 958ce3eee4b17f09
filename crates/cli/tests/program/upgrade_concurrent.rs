//! Statements that take no transaction, of which an earlier attempt left a half: an index that is INVALID, a detachment
//! that is pending. One more upgrade leaves nothing of it.

use crate::diff::run;
use crate::support::{Databases, project, wait_for};
use crate::upgrade_died::{kill, start};

const BASE: &str =
    "create table users (id int primary key, email text); create index by_email on users (email);";
const INVALID: &str = "select count(*) from pg_index where not indisvalid";
const INDEXES: &str = "select string_agg(indexrelid::regclass::text, ' ' order by indexrelid::regclass::text) from pg_index \
    where indrelid = 'users'::regclass";

/// A project of a base and one statement that runs alone.
fn history(statement: &str) -> tempfile::TempDir {
    let config = "[project]\nname = \"shop\"\n[migrations]\nlayout = \"sqlx\"\n";
    let outside = format!("-- no-transaction\n{statement};");
    let files: [(&str, &str); 3] =
        [("groundline.toml", config), ("migrations/1_base.sql", BASE), ("migrations/2_alone.sql", &outside)];
    project(&files)
}

/// Kills an upgrade while its statement waits for a writer, at the moment that `seen` finds; then one more.
fn killed_while_waiting(statement: &str, seen: &str) -> String {
    let (databases, project) = (Databases::start(), history(statement));
    let url = databases.make("shop", "");
    assert_eq!(run(project.path(), &["upgrade", "1", "--url", &url]).0, 0);
    let writer = databases.session(&url, "begin; lock users in row exclusive mode; select txid_current()");
    let child = start(project.path(), &url);
    wait_for(statement, || (databases.rows(&url, seen) != "0").then_some(()));
    kill(child);
    drop(writer);
    let (code, _, stderr) = run(project.path(), &["upgrade", "--url", &url]);
    assert_eq!(code, 0, "{stderr}");
    assert_eq!(databases.rows(&url, INVALID), "0", "{stderr}");
    assert_eq!(run(project.path(), &["upgrade", "--url", &url]).0, 0);
    databases.rows(&url, INDEXES)
}

#[test]
fn an_index_without_a_name_is_built_once() {
    let indexes = killed_while_waiting("create index concurrently on users (lower(email))", INVALID);
    assert_eq!(indexes, "by_email users_lower_idx users_pkey");
}

#[test]
fn a_rebuilt_index_leaves_no_copy() {
    let copy = "select count(*) from pg_class where relname like '%_ccnew'";
    let indexes = killed_while_waiting("reindex index concurrently by_email", copy);
    assert_eq!(indexes, "by_email users_pkey");
}

#[test]
fn an_index_that_was_being_dropped_is_gone() {
    let indexes = killed_while_waiting("drop index concurrently by_email", INVALID);
    assert_eq!(indexes, "users_pkey");
}

#[test]
fn a_failed_unique_index_leaves_nothing_and_works_once_its_data_does() {
    let databases = Databases::start();
    let project = history("create unique index concurrently one_email on users (email)");
    let url = databases.make("shop", "");
    assert_eq!(run(project.path(), &["upgrade", "1", "--url", &url]).0, 0);
    databases.run(&url, "insert into users values (1, 'a'), (2, 'a')");
    let (code, _, stderr) = run(project.path(), &["upgrade", "--url", &url]);
    assert!(code == 1 && stderr.contains("could not create unique index"), "{stderr}");
    assert_eq!(
        (databases.rows(&url, INVALID), databases.rows(&url, INDEXES)),
        ("0".into(), "by_email users_pkey".into())
    );
    databases.run(&url, "delete from users where id = 2");
    assert_eq!(run(project.path(), &["upgrade", "--url", &url]).0, 0);
    assert_eq!(databases.rows(&url, INDEXES), "by_email one_email users_pkey");
}

#[test]
fn a_pending_detachment_is_finished() {
    let databases = Databases::start();
    let project = history("alter table events detach partition events_1 concurrently");
    let partitioned = "create table events (id int) partition by list (id); \
        create table events_1 partition of events for values in (1)";
    let url = databases.make("shop", partitioned);
    assert_eq!(run(project.path(), &["upgrade", "1", "--url", &url]).0, 0);
    let reader = databases.session(&url, "begin; select from events");
    let child = start(project.path(), &url);
    let pending = "select count(*) from pg_inherits where inhdetachpending";
    wait_for("the first half", || (databases.rows(&url, pending) == "1").then_some(()));
    kill(child);
    drop(reader);
    let (code, _, stderr) = run(project.path(), &["upgrade", "--url", &url]);
    assert_eq!(code, 0, "{stderr}");
    assert_eq!(
        databases.rows(&url, "select count(*) from pg_inherits where inhparent = 'events'::regclass"),
        "0"
    );
}

#[test]
fn nobody_guesses_whether_a_procedure_ran() {
    let databases = Databases::start();
    let project = history("call slow()");
    let procedure = "create table steps (n int); create procedure slow() language plpgsql as $$ begin \
        insert into steps values (1); commit; perform pg_sleep(60); end $$";
    let url = databases.make("shop", procedure);
    assert_eq!(run(project.path(), &["upgrade", "1", "--url", &url]).0, 0);
    let child = start(project.path(), &url);
    wait_for("its first commit", || {
        (databases.rows(&url, "select count(*) from steps") == "1").then_some(())
    });
    kill(child);
    let (code, _, stderr) = run(project.path(), &["upgrade", "--url", &url]);
    assert!(code == 1 && stderr.contains("whether this statement ran is not known"), "{stderr}");
    assert!(stderr.contains("2_alone.sql:2:1") && stderr.contains("--unknown done"), "{stderr}");
    let (code, _, stderr) = run(project.path(), &["upgrade", "--url", &url, "--unknown", "done"]);
    assert_eq!(code, 0, "{stderr}");
    assert_eq!(databases.rows(&url, "select count(*) from steps"), "1");
}
