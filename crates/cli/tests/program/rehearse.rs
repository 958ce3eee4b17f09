//! Rehearsals as an operator meets them: production's rows meet the next revisions on a shadow, and the window is held
//! against the time that they took.

use crate::support::{Databases, project, told};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

const ROWS: &str = "CREATE TABLE users (id int PRIMARY KEY, email text);
INSERT INTO users SELECT n, 'user' || n FROM generate_series(1, 1000) AS n;";
const CONFIG: &str = "[migrations]\nlayout = \"sqlx\"\n";
/// Open for more than a year.
const OPEN: &str =
    "[windows]\nfreeze = [{ from = \"2999-12-31\", to = \"2999-12-31\", reason = \"the end\" }]\n";
const NOTE: &str = "ALTER TABLE users ADD COLUMN note text;\n";
const UNIQUE: &str = "CREATE UNIQUE INDEX users_email ON users (email);\n";

fn run(folder: &Path, args: &[&str]) -> (i32, String) {
    told(folder, args, &[])
}

fn rehearsal(folder: &Path) -> PathBuf {
    let backup = fs::read_dir(folder.join(".groundline/backups")).expect("backups").next().expect("one");
    backup.expect("a backup").path().join("rehearsal.json")
}

#[test]
fn the_time_that_revisions_took_on_a_backup_must_be_left_of_the_window() {
    let databases = Databases::start();
    let url = databases.make("rehearsed", ROWS);
    let config = format!("{CONFIG}{OPEN}");
    let folder = project(&[
        ("migrations/1_note.up.sql", NOTE),
        ("migrations/2_unique.up.sql", UNIQUE),
        ("groundline.toml", &config),
    ]);
    for form in [&["backup", "--no-verify"][..], &["backup", "--no-verify", "--physical"]] {
        let _ = fs::remove_dir_all(folder.path().join(".groundline"));
        let (code, said) = run(folder.path(), &[form, &["--url", &url]].concat());
        assert_eq!(code, 0, "{said}");
        let (code, said) = run(folder.path(), &["rehearse"]);
        assert_eq!((code, said.contains("2 revisions on the backup ")), (0, true), "{said}");
    }
    let (_, said) = run(folder.path(), &["backup", "list"]);
    assert!(said.contains("  rehearsed: 2 revisions in "), "{said}");
    let (_, said) = run(folder.path(), &["plan", "--url", &url]);
    assert!(said.contains("the rehearsal on the backup "), "{said}");
    assert_eq!(databases.rows(&url, "SELECT count(*) FROM pg_attribute WHERE attname = 'note'"), "0");
    // As if it had taken a year.
    let file = rehearsal(folder.path());
    let mut kept: Value =
        serde_json::from_str(&fs::read_to_string(&file).expect("it is read")).expect("JSON");
    assert_eq!(kept["steps"].as_array().map(Vec::len), Some(2), "{kept}");
    kept["steps"][0]["milliseconds"] = (365_u64 * 24 * 3600 * 1000).into();
    fs::write(&file, kept.to_string()).expect("it is written");
    let upgrade = || run(folder.path(), &["upgrade", "--url", &url]);
    let (code, said) = upgrade();
    assert_eq!((code, said.contains("of which 2 times must be left")), (1, true), "{said}");
    // Another text of the revision was not rehearsed: then nobody knows, and it is said.
    fs::write(folder.path().join("migrations/1_note.up.sql"), NOTE.replace("note", "note2"))
        .expect("written");
    let (code, said) = upgrade();
    assert_eq!(
        (code, said.contains("whether the run fits into the window is not known")),
        (0, true),
        "{said}"
    );
}

#[test]
fn what_production_s_rows_forbid_is_met_on_the_shadow() {
    let databases = Databases::start();
    let url = databases.make("twice", &format!("{ROWS} UPDATE users SET email = 'user1' WHERE id = 2;"));
    let folder = project(&[
        ("migrations/1_note.up.sql", NOTE),
        ("migrations/2_unique.up.sql", UNIQUE),
        ("groundline.toml", CONFIG),
    ]);
    let (code, said) = run(folder.path(), &["backup", "--no-verify", "--url", &url]);
    assert_eq!(code, 0, "{said}");
    let (code, said) = run(folder.path(), &["rehearse"]);
    assert_eq!(code, 1, "{said}");
    assert!(
        said.contains("could not create unique index") && said.contains("1 revision on the backup "),
        "{said}"
    );
    let (_, said) = run(folder.path(), &["backup", "list"]);
    assert!(
        said.contains("  rehearsed: 1 revision in ") && said.contains(", and stopped at a fault\n"),
        "{said}"
    );
    let there = databases.rows(&url, "SELECT to_regclass('groundline.event') IS NULL");
    assert_eq!(there, "t");
}
