//! `groundline revision`: in every layout the new files are one more revision at the end, which runs.

use crate::diff::run;
use crate::support::{Databases, LAYOUTS, project, project_of};
use serde_json::Value;

#[test]
fn every_layout_reads_its_new_revision_last_and_runs_it() {
    let databases = Databases::start();
    for (at, (layout, write)) in LAYOUTS.into_iter().enumerate() {
        let folder = project_of(layout, write, 2);
        let url = databases.make(&format!("new{at}"), "");
        let (code, stdout, stderr) =
            run(folder.path(), &["revision", "-m", "Add orders' total", "--format", "json"]);
        assert_eq!(code, 0, "{layout}: {stderr}");
        let made: Value = serde_json::from_str(&stdout).expect("JSON");
        let (_, listed, _) = run(folder.path(), &["history", "--format", "json"]);
        let listed: Value = serde_json::from_str(&listed).expect("JSON");
        let revisions = listed["revisions"].as_array().expect("a list");
        assert_eq!((revisions.len(), &revisions[2]["version"]), (3, &made["version"]), "{layout}: {stdout}");
        let (code, stdout, stderr) = run(folder.path(), &["upgrade", "--url", &url]);
        assert!(code == 0 && stdout.starts_with("3 revisions applied"), "{layout}: {stdout}{stderr}");
        let (code, stdout, _) = run(folder.path(), &["revision", "-m", "Add orders' total"]);
        assert_eq!(code, 0, "{layout}: a second of the same name has a version of its own: {stdout}");
    }
}

#[test]
fn names_follow_the_folder() {
    let made = |files: &[(&str, &str)], layout: &str| -> Vec<String> {
        let folder = project(files);
        let args = ["revision", "-m", "add note", "--layout", layout, "--migrations", "m"];
        let (code, stdout, stderr) = run(folder.path(), &args);
        assert_eq!(code, 0, "{stderr}");
        stdout.lines().map(|line| line.trim_start_matches("wrote m/").to_owned()).collect()
    };
    assert_eq!(made(&[("m/1_a.sql", "")], "sqlx"), ["2_add_note.sql"]);
    assert_eq!(made(&[("m/01_a.up.sql", "")], "sqlx"), ["02_add_note.up.sql", "02_add_note.down.sql"]);
    assert_eq!(made(&[("m/000009_a.up.sql", "")], "golang-migrate")[0], "000010_add_note.up.sql");
    assert_eq!(made(&[("m/V1_9__a.sql", "")], "flyway"), ["V1_10__add_note.sql"]);
    assert_eq!(
        made(&[("m/V2.1__a.sql", ""), ("m/U2.1__a.sql", "drop table a")], "flyway"),
        ["V2.2__add_note.sql", "U2.2__add_note.sql"]
    );
    assert_eq!(made(&[("m/sub/V3__a.sql", "")], "refinery"), ["sub/V4__add_note.sql"]);
    assert_eq!(made(&[], "groundline"), ["0001_add_note.up.sql", "0001_add_note.down.sql"]);
    let diesel = made(&[], "diesel");
    assert!(diesel[0].ends_with("_add_note/up.sql") && diesel[0].as_bytes()[4] == b'-', "{diesel:?}");
}

#[test]
fn a_name_and_a_layout_are_needed() {
    let folder = project(&[("migrations/1_a.up.sql", ""), ("migrations/1_a.down.sql", "")]);
    let (code, _, stderr) = run(folder.path(), &["revision", "-m", "add note"]);
    assert!(code == 2 && stderr.contains("--layout sqlx or --layout golang-migrate"), "{stderr}");
    let (code, _, stderr) = run(folder.path(), &["revision", "-m", "?!", "--layout", "sqlx"]);
    assert!(code == 2 && stderr.contains("a revision needs a name"), "{stderr}");
}
