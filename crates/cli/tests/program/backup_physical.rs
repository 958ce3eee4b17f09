//! Physical backups as an operator meets them: made while rows are written, tried, unpacked, spoiled, refused.

use crate::support::{Databases, project, told};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

const ROWS: &str = "CREATE TABLE still (id int PRIMARY KEY, note text);
INSERT INTO still SELECT n, md5(n::text) FROM generate_series(1, 2000) AS n;
CREATE TABLE busy (id int);
CREATE SEQUENCE numbers START 7;
SELECT nextval('numbers'), lo_from_bytea(0, '\\x0102');";

fn run(folder: &Path, args: &[&str]) -> (i32, String) {
    told(folder, args, &[])
}

fn only_backup(folder: &Path) -> PathBuf {
    let kept = fs::read_dir(folder.join(".groundline/backups")).expect("backups");
    let kept: Vec<PathBuf> = kept.map(|entry| entry.expect("a backup").path()).collect();
    assert_eq!(kept.len(), 1, "{kept:?}");
    kept[0].clone()
}

#[test]
fn a_whole_server_is_copied_while_rows_are_written_tried_and_unpacked() {
    let databases = Databases::start();
    let url = databases.make("physical", ROWS);
    let folder = project(&[("groundline.toml", "[backup]\nform = \"physical\"\n")]);
    let writer = databases.session(&url, "SELECT 1");
    let done = AtomicBool::new(false);
    let (code, said) = std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                databases.said(&writer, "INSERT INTO busy VALUES (1)");
                std::thread::sleep(std::time::Duration::from_millis(2));
            }
        });
        let made = run(folder.path(), &["backup", "--url", &url]);
        done.store(true, Ordering::Relaxed);
        made
    });
    assert_eq!(code, 0, "{said}");
    let expected =
        "schema and rows are those that were there, but for what was written meanwhile: public.busy\n";
    assert!(said.contains("2,000 rows in 1 table, pg_basebackup, the whole server"), "{said}");
    assert!(said.contains(expected), "{said}");

    let (code, said) = run(folder.path(), &["restore", "--to", &databases.url_of("never")]);
    assert_eq!((code, said.contains("restore --to-folder DIR")), (1, true), "{said}");
    let to = folder.path().join("unpacked");
    let to = to.display().to_string();
    let (code, said) = run(folder.path(), &["restore", "--to-folder", &to]);
    assert_eq!((code, said.contains("pg_ctl -D")), (0, true), "{said}");
    assert!(Path::new(&to).join("backup_label").is_file());
    let (code, said) = run(folder.path(), &["restore", "--to-folder", &to]);
    assert_eq!((code, said.contains("writes over nothing")), (1, true), "{said}");

    // One bit of one file.
    let kept = only_backup(folder.path());
    let file = kept.join("base/global/pg_control");
    let mut bytes = fs::read(&file).expect("it is read");
    bytes[100] ^= 1;
    fs::write(&file, &bytes).expect("it is written");
    let (code, said) = run(folder.path(), &["backup", "verify"]);
    assert_eq!((code, said.contains("base/global/pg_control")), (1, true), "{said}");
    let again = format!("{to}-again");
    assert_eq!(run(folder.path(), &["restore", "--to-folder", &again]).0, 1);
    assert!(!Path::new(&again).exists());
    // A record that claims other rows than the copy has.
    bytes[100] ^= 1;
    fs::write(&file, &bytes).expect("it is written");
    let record = kept.join("backup.json");
    let text = fs::read_to_string(&record).expect("a record");
    fs::write(&record, text.replace("\"rows\": 2000", "\"rows\": 1999")).expect("it is written");
    let (code, said) = run(folder.path(), &["backup", "verify"]);
    assert_eq!((code, said.contains("it had 1999 rows, and has 2000")), (1, true), "{said}");
}

#[test]
fn what_can_t_be_copied_is_refused_and_leaves_nothing() {
    let databases = Databases::start();
    let url = databases.make("uncopied", "CREATE TABLE t (id int)");
    databases.server_run("DROP ROLE IF EXISTS no_copies; CREATE ROLE no_copies LOGIN");
    databases.run(&url, "GRANT SELECT ON t TO no_copies");
    let folder = project(&[("groundline.toml", "")]);
    let backup = |url: &str| run(folder.path(), &["backup", "--physical", "--url", url]);
    let (code, said) = backup(&url.replace("user=postgres", "user=no_copies"));
    assert_eq!((code, said.contains("the role needs REPLICATION")), (2, true), "{said}");
    let session = databases.session(&url, "SET allow_in_place_tablespaces = on");
    assert_eq!(databases.said(&session, "CREATE TABLESPACE elsewhere LOCATION ''"), None);
    let (code, said) = backup(&url);
    databases.run(&url, "DROP TABLESPACE elsewhere");
    assert_eq!((code, said.contains("tablespaces: elsewhere")), (2, true), "{said}");
    let left = fs::read_dir(folder.path().join(".groundline/backups")).expect("the folder").count();
    assert_eq!(left, 0);
}
