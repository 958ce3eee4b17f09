//! Upgrades that end at one exact point each: a lock, or a standby that there is not, makes that point wait, which is
//! seen from outside; then Groundline is killed with -9, or its server is stopped
//! (`immediate`) and started again. One more upgrade reaches head.
//! `cargo xtask soak` does every point; without it a sample is done.

use crate::diff::run;
use crate::soak::number;
use crate::support::{Databases, Stoppable, project, wait_for};
use crate::upgrade::HISTORY;
use crate::upgrade_died::{assert_reaches_head, kill, start};
use std::path::Path;

/// Waits for the lock that the test holds.
const WAITS: &str = "create function groundline.waits() returns trigger language plpgsql as \
    'begin perform pg_advisory_xact_lock(1); return new; end'";
/// Makes the COMMIT wait, once it is done, until a standby has it.
const ASKS: &str = "create function groundline.asks() returns trigger language plpgsql as \
    $$begin perform set_config('synchronous_commit', 'on', true); return new; end$$";
const HOLDS: &str = "select pg_advisory_lock(1)";

/// Where a run is made to wait.
struct Point {
    name: String,
    /// Whether the first revision is applied before, and with it the tables are there.
    begun: bool,
    /// What is run in the database before the upgrade that ends.
    sql: String,
    /// What a session runs that is in the way, until it is dropped.
    holds: &'static str,
}

impl Point {
    fn new(name: impl Into<String>, begun: bool, sql: impl Into<String>, holds: &'static str) -> Self {
        Self { name: name.into(), begun, sql: sql.into(), holds }
    }

    /// Before a row is written, before it is committed, and once it is, but nobody was told.
    fn writes(table: &str, row: &str, when: &str) -> [Self; 3] {
        let trigger = |kind: &str, deferred: &str, does: &str| {
            format!(
                "create {kind} on {table} {deferred} for each row when ({when}) execute function {does}()"
            )
        };
        let before = trigger("trigger before_it before insert", "", "groundline.waits");
        let commit = trigger(
            "constraint trigger at_commit after insert",
            "deferrable initially deferred",
            "groundline.waits",
        );
        let after = trigger("trigger after_it before insert", "", "groundline.asks");
        [
            Self::new(format!("before {row} is written"), true, format!("{WAITS}; {before}"), HOLDS),
            Self::new(format!("in the COMMIT of {row}"), true, format!("{WAITS}; {commit}"), HOLDS),
            Self::new(format!("after the COMMIT of {row}"), true, format!("{ASKS}; {after}"), ""),
        ]
    }

    /// All of them, in the order of a run.
    fn all() -> Vec<Self> {
        let event = |word: &str, version: &str| {
            let of =
                if version.is_empty() { String::new() } else { format!(" and new.version = '{version}'") };
            Self::writes(
                "groundline.event",
                &format!("{word} {version}"),
                &format!("new.kind = '{word}'{of}"),
            )
        };
        let history = |version: &str| {
            Self::writes(
                "_sqlx_migrations",
                &format!("history row {version}"),
                &format!("new.version = {version}"),
            )
        };
        let mut all = vec![
            Self::new("as the journal is made", false, "", "begin; create schema groundline"),
            Self::new(
                "as the history table is made",
                false,
                "",
                "begin; create table _sqlx_migrations (version int)",
            ),
        ];
        all.extend(event("run_begun", ""));
        all.extend(event("statement_begun", "2"));
        let write = "begin; lock users in row exclusive mode; select txid_current()";
        all.push(Self::new("in CREATE INDEX CONCURRENTLY", true, "", write));
        all.extend(event("statement_done", "2"));
        all.extend(history("2"));
        all.extend(event("revision_applied", "2"));
        all.push(Self::new(
            "before the first statement of 3",
            true,
            "",
            "begin; lock users in access share mode",
        ));
        all.push(Self::new("between the statements of 3", true, "", "select pg_advisory_lock(2)"));
        all.extend(history("3"));
        all.extend(event("revision_applied", "3"));
        all.extend(event("run_ended", ""));
        all
    }

    /// Brings a new database to this point, ends what `ends` ends there, lets go, and upgrades once more.
    fn prove(&self, databases: &Databases, folder: &Path, ends: impl FnOnce(std::process::Child)) {
        let url = databases.make("at_point", "");
        if self.begun {
            assert_eq!(run(folder, &["upgrade", "1", "--url", &url]).0, 0, "{}", self.name);
        }
        databases.run(&url, &self.sql);
        let holder = databases.session(&url, self.holds);
        standbys(databases, if self.holds.is_empty() { "nobody" } else { "" });
        let child = start(folder, &url);
        let waiting = "select count(*) from pg_stat_activity where datname = 'at_point' \
                       and (wait_event_type = 'Lock' or wait_event = 'SyncRep')";
        wait_for(&self.name, || (databases.rows(&url, waiting) == "1").then_some(()));
        eprintln!("{}", self.name);
        ends(child);
        drop(holder);
        standbys(databases, "");
        assert_reaches_head(databases, folder, &url);
        databases.server_run("drop database at_point with (force)");
    }
}

/// Whose answer the COMMITs wait for that ask for one; nobody's if it is empty.
fn standbys(databases: &Databases, names: &str) {
    databases.server_run(&format!("alter system set synchronous_standby_names = '{names}'"));
    databases.server_run("select pg_reload_conf()");
}

/// The points, on a server on which only those COMMITs wait for standbys that ask for it.
fn prove(databases: &Databases, ends: impl Fn(std::process::Child)) {
    let mut files = HISTORY;
    files[5].1 = "alter table users add note text;\nselect pg_advisory_xact_lock(2);\n\
                  insert into users values (1, 'a', 'b');";
    let project = project(&files);
    assert_eq!(run(project.path(), &["lock"]).0, 0);
    databases.server_run("alter system set synchronous_commit = local");
    databases.server_run("select pg_reload_conf()");
    // A sample of one in five meets each of the three moments of a write.
    let each = if number("GROUNDLINE_SOAK_KILLS", 0) > 0 { 1 } else { 5 };
    for point in Point::all().iter().skip(each / 2).step_by(each) {
        point.prove(databases, project.path(), &ends);
    }
}

#[test]
fn killed_at_each_point_it_goes_on() {
    prove(&Databases::start(), kill);
}

#[test]
fn its_server_stopped_at_each_point_it_goes_on() {
    let server = Stoppable::start();
    prove(&Databases::on(server.url()), |mut child| {
        server.stop_immediate();
        server.start_again();
        // Where it asked again after a COMMIT, it may have gone on to head by itself.
        let status = child.wait().expect("it ends");
        assert!(matches!(status.code(), Some(0..=2)), "{status}");
    });
}
