//! Backups as an operator meets them: made and tried, restored beside and in place, spoiled, killed half-way, and what an
//! upgrade asks for.

use crate::support::{Databases, project, start, told, wait_for};
use std::path::{Path, PathBuf};

const ROWS: &str = "CREATE SEQUENCE numbers START 7;
CREATE TABLE orders (id bigint DEFAULT nextval('numbers'), day date NOT NULL, note text) PARTITION BY RANGE (day);
CREATE TABLE orders_2025 PARTITION OF orders FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE orders_rest PARTITION OF orders DEFAULT;
INSERT INTO orders (day, note) SELECT date '2025-01-01' + n, repeat('é', n % 7) FROM generate_series(1, 500) AS n;
CREATE TABLE files (id int PRIMARY KEY, body oid);
INSERT INTO files VALUES (1, lo_from_bytea(0, '\\x0102'));
CREATE MATERIALIZED VIEW days AS SELECT day, count(*) FROM orders GROUP BY day;
CREATE INDEX ON orders (note);";

fn run(folder: &Path, args: &[&str]) -> (i32, String) {
    told(folder, args, &[])
}

/// Whether this PostgreSQL came with its client programs.
fn has_dump_tools(said: &str) -> bool {
    !said.contains("there is no pg_dump of this major")
}

fn only_backup(folder: &Path) -> PathBuf {
    let kept = std::fs::read_dir(folder.join(".groundline/backups")).expect("backups");
    let mut kept: Vec<PathBuf> = kept.map(|entry| entry.expect("a backup").path()).collect();
    assert_eq!(kept.len(), 1, "{kept:?}");
    kept.remove(0)
}

#[test]
fn a_backup_is_verified_and_restored_beside_and_in_place() {
    let databases = Databases::start();
    let url = databases.make("kept", ROWS);
    let folder = project(&[("groundline.toml", "")]);
    let (code, said) = run(folder.path(), &["backup", "--url", &url]);
    if !has_dump_tools(&said) {
        return;
    }
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("verified: restored in"), "{said}");
    assert!(said.contains("501 rows in 2 tables"), "{said}");
    databases.run(&url, "INSERT INTO orders (day) VALUES ('2030-01-01'); DELETE FROM files");
    // To a new name; an existing one is refused, and so is a slip of the pen.
    let beside = databases.url_of("beside");
    let (code, said) = run(folder.path(), &["restore", "--to", &beside]);
    assert_eq!(code, 0, "{said}");
    assert_eq!(databases.rows(&beside, "SELECT count(*) FROM orders"), "500");
    let (code, said) = run(folder.path(), &["restore", "--to", &url]);
    assert_eq!((code, said.contains("--replace kept")), (1, true), "{said}");
    assert_eq!(run(folder.path(), &["restore", "--to", &url, "--replace", "other"]).0, 1);
    // In place: the one that was there keeps its rows, also while somebody is connected.
    let session = databases.session(&url, "SELECT 1");
    let (code, said) = run(folder.path(), &["restore", "--to", &url, "--replace", "kept"]);
    assert_eq!(code, 0, "{said}");
    drop(session);
    assert_eq!(databases.rows(&url, "SELECT count(*), nextval('numbers') FROM orders"), "500 507");
    let old = said
        .split("the one that was there is ")
        .nth(1)
        .and_then(|rest| rest.split(' ').next())
        .expect("a name");
    assert_eq!(
        databases
            .rows(&databases.url_of(&format!("\"{old}\"").replace('"', "")), "SELECT count(*) FROM orders"),
        "501"
    );
    let names = databases
        .rows(&url, "SELECT string_agg(datname, ' ') FROM pg_database WHERE datname ~ '_restoring$'");
    assert_eq!(names, "null");
}

#[test]
fn a_spoiled_backup_is_found_and_never_restored() {
    let databases = Databases::start();
    let url = databases.make("spoiled", ROWS);
    let folder = project(&[("groundline.toml", "")]);
    let (code, said) = run(folder.path(), &["backup", "--no-verify", "--url", &url]);
    if !has_dump_tools(&said) {
        return;
    }
    assert_eq!(code, 0, "{said}");
    let kept = only_backup(folder.path());
    let file =
        std::fs::read_dir(kept.join("dump")).expect("a dump").map(|entry| entry.expect("a file").path());
    let file = file.max_by_key(|path| path.metadata().map_or(0, |metadata| metadata.len())).expect("a file");
    let whole = std::fs::read(&file).expect("it is read");
    let mut flipped = whole.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 1;
    std::fs::write(&file, &flipped).expect("it is written");
    let (code, said) = run(folder.path(), &["backup", "verify"]);
    let name = file.file_name().expect("a name").to_string_lossy().into_owned();
    assert_eq!((code, said.contains(&format!("dump/{name}"))), (1, true), "{said}");
    assert_ne!(run(folder.path(), &["restore", "--to", &databases.url_of("never")]).0, 0);
    std::fs::write(&file, &whole).expect("it is written");
    assert_eq!(run(folder.path(), &["backup", "verify"]).0, 0);
    // A record that claims other rows than the dump has.
    let record = kept.join("backup.json");
    let text = std::fs::read_to_string(&record).expect("a record");
    std::fs::write(&record, text.replace("\"rows\": 500", "\"rows\": 499")).expect("it is written");
    let (code, said) = run(folder.path(), &["backup", "verify"]);
    assert_eq!((code, said.contains("it had 499 rows, and has 500")), (1, true), "{said}");
    let (code, said) = run(folder.path(), &["restore", "--to", &databases.url_of("never")]);
    assert_eq!((code, said.contains("what was restored is not what was there")), (1, true), "{said}");
    let left = databases.rows(&url, "SELECT count(*) FROM pg_database WHERE datname ~ '^never'");
    assert_eq!(left, "0");
}

#[test]
fn killed_half_way_nothing_counts_and_the_next_one_cleans_up() {
    let databases = Databases::start();
    let url = databases.make("killed", &format!("{ROWS} INSERT INTO orders SELECT n, '2025-02-02', md5(n::text) FROM generate_series(1, 200000) AS n;"));
    let folder = project(&[("groundline.toml", "[backup]\nkeep = 1\n")]);
    let at = folder.path().display().to_string();
    let temp = tempfile::tempdir().expect("a temporary folder");
    let mut backup = start(temp.path(), &["backup", "--no-verify", "--url", &url, "--project", &at]);
    let dump = wait_for("a dump that is being written", || {
        if backup.try_wait().expect("it can be asked").is_some() {
            return Some(None);
        }
        let partial = std::fs::read_dir(folder.path().join(".groundline/backups")).ok()?.next()?.ok()?.path();
        partial.join("dump/toc.dat").exists().then_some(Some(partial))
    });
    backup.kill().expect("it is killed");
    backup.wait().expect("it ended");
    if dump.is_none() {
        return;
    }
    assert_eq!(run(folder.path(), &["backup", "list"]).1, "no backups in ./.groundline/backups\n");
    let (code, said) = run(folder.path(), &["backup", "--no-verify", "--url", &url]);
    assert_eq!(code, 0, "{said}");
    only_backup(folder.path());
    // A restore that is killed leaves a database that the next one knows as its own.
    let to = databases.url_of("returned");
    let mut restore = start(temp.path(), &["restore", "--to", &to, "--project", &at]);
    wait_for("a database that is being filled", || {
        let made = databases.rows(&url, "SELECT count(*) FROM pg_database WHERE datname = 'returned_restoring' AND shobj_description(oid, 'pg_database') IS NOT NULL");
        (made == "1").then_some(())
    });
    restore.kill().expect("it is killed");
    restore.wait().expect("it ended");
    let there = || databases.rows(&url, "SELECT count(*) FROM pg_database WHERE datname = 'returned'");
    assert_eq!(there(), "0");
    let (code, said) = run(folder.path(), &["restore", "--to", &to]);
    assert_eq!(code, 0, "{said}");
    assert_eq!(databases.rows(&to, "SELECT count(*) FROM orders"), "200500");
    // A database that only has the name is nobody's to drop.
    databases.server_run("DROP DATABASE returned");
    databases.server_run("CREATE DATABASE returned_restoring");
    let (code, said) = run(folder.path(), &["restore", "--to", &to]);
    assert_eq!((code, said.contains("it is none that a restore left")), (1, true), "{said}");
}

#[test]
fn an_upgrade_asks_for_the_backup_that_the_policy_wants() {
    let databases = Databases::start();
    let url = databases.make("asked", ROWS);
    let config = |more: &str| format!("[migrations]\nlayout = \"sqlx\"\n[backup]\n{more}\n");
    let up = ("migrations/1_t.up.sql", "CREATE TABLE t (id int);\n");
    let folder = project(&[
        up,
        ("migrations/1_t.down.sql", "DROP TABLE t;\n"),
        ("groundline.toml", &config("before_upgrade = \"verified\"")),
    ]);
    let upgrade = || run(folder.path(), &["upgrade", "--url", &url]);
    let (code, said) = upgrade();
    assert_eq!((code, said.contains("there is no backup of this database")), (1, true), "{said}");
    let (_, said) = run(folder.path(), &["backup", "--no-verify", "--url", &url]);
    if !has_dump_tools(&said) {
        return;
    }
    let (code, said) = upgrade();
    assert_eq!((code, said.contains("the backup is not verified")), (1, true), "{said}");
    assert_eq!(run(folder.path(), &["backup", "verify"]).0, 0);
    databases.run(&url, "CREATE TABLE by_hand (id int)");
    let (code, said) = upgrade();
    assert_eq!(
        (code, said.contains("the backup is of another schema than the database has")),
        (1, true),
        "{said}"
    );
    databases.run(&url, "DROP TABLE by_hand");
    std::fs::write(
        folder.path().join("groundline.toml"),
        config("before_upgrade = \"verified\"\nmax_age = \"1ms\""),
    )
    .expect("it is written");
    let (code, said) = upgrade();
    assert_eq!((code, said.contains("the backup is older than")), (1, true), "{said}");
    std::fs::write(folder.path().join("groundline.toml"), config("before_upgrade = \"make\""))
        .expect("it is written");
    let (code, said) = upgrade();
    assert_eq!(code, 0, "{said}");
    let noted =
        databases.rows(&url, "SELECT detail->>'backup' FROM groundline.event WHERE kind = 'run_begun'");
    assert!(noted.ends_with("-asked"), "{noted}");
    // The team's own system: it must succeed, and name what it made.
    let hook = |command: &str| {
        std::fs::write(
            folder.path().join("groundline.toml"),
            config(&format!("before_upgrade = \"make\"\nhook = '{command}'")),
        )
        .expect("it is written");
        let down = run(folder.path(), &["downgrade", "-1", "--url", &url, "--approve", "x"]);
        (down.0, down.1)
    };
    let (code, said) = hook("exit 3");
    assert_eq!((code, said.contains("the plan loses data")), (1, true), "{said}");
    let refused = |command: &str, why: &str| {
        std::fs::write(folder.path().join("groundline.toml"), config(&format!("hook = '{command}'")))
            .expect("it is written");
        let (code, said) = run(folder.path(), &["backup", "--url", &url]);
        assert_eq!((code, said.contains(why)), (2, true), "{said}");
    };
    refused("echo broken >&2; exit 3", "broken");
    refused("true", "said nothing");
    std::fs::write(folder.path().join("groundline.toml"), config("hook = 'echo full-$PGDATABASE'"))
        .expect("it is written");
    let (code, said) = run(folder.path(), &["backup", "--url", &url]);
    assert_eq!((code, said.contains("full-asked")), (0, true), "{said}");
}
