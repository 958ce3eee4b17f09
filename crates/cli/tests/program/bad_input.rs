//! Bad input: each kind gets its message and its exit status, and nothing is left half-done.

use crate::support::{entries, groundline, project};

/// Runs `check` on a project; returns exit status, stdout and stderr.
fn check(files: &[(&str, &str)], args: &[&str]) -> (i32, String, String) {
    let (project, temp) = (project(files), tempfile::tempdir().expect("a temporary folder"));
    let output =
        groundline(temp.path()).arg("check").arg(project.path()).args(args).output().expect("it runs");
    assert_eq!(entries(temp.path()), Vec::<String>::new(), "temporary folders are left");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().expect("an exit status"), text(&output.stdout), text(&output.stderr))
}

const GOOD: (&str, &str) = ("migrations/1_t.up.sql", "create table t (id int);");
const GOOD_DOWN: (&str, &str) = ("migrations/1_t.down.sql", "drop table t;");

#[test]
fn no_migrations() {
    let (code, _, stderr) = check(&[("README.md", "nothing here")], &[]);
    assert_eq!(code, 2, "{stderr}");
    assert!(stderr.contains("no migrations"), "{stderr}");
}

#[test]
fn no_such_folder() {
    let temp = tempfile::tempdir().expect("a temporary folder");
    let output = groundline(temp.path()).args(["check", "/nowhere/at/all"]).output().expect("it runs");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("no such folder"));
}

#[test]
fn two_layouts_in_one_folder() {
    let (code, _, stderr) = check(
        &[GOOD, GOOD_DOWN, ("migrations/V2__x.sql", "select 1;"), ("migrations/V3__y.sql", "select 1;")],
        &[],
    );
    assert_eq!(code, 2, "{stderr}");
    assert!(stderr.contains("--layout"), "{stderr}");
}

#[test]
fn a_duplicate_version() {
    let (code, _, stderr) =
        check(&[GOOD, GOOD_DOWN, ("migrations/1_u.up.sql", "create table u (id int);")], &[]);
    assert_eq!(code, 2, "{stderr}");
    assert!(stderr.contains("1_t") && stderr.contains("1_u"), "{stderr}");
}

#[test]
fn a_file_that_does_not_parse() {
    let broken = ("migrations/2_u.up.sql", "create table u (id int);\n\ncreate tabel v (id int);\n");
    let (code, stdout, stderr) = check(&[GOOD, GOOD_DOWN, broken], &[]);
    assert_eq!(code, 1, "{stdout}{stderr}");
    assert!(stdout.contains("2_u.up.sql:3:8"), "{stdout}");
    assert!(stdout.contains("syntax error at or near \"tabel\""), "{stdout}");
}

#[test]
fn a_nul_byte() {
    let (code, _, stderr) = check(&[("migrations/1_t.up.sql", "create table t (id int);\n\0")], &[]);
    assert_eq!(code, 2, "{stderr}");
    assert!(stderr.contains("1_t.up.sql:2:1") && stderr.contains("NUL"), "{stderr}");
}

#[test]
fn a_truncated_snapshot() {
    let dump =
        "--\n-- PostgreSQL database dump\n--\n\ncreate table t (id int);\ncopy t (id) from stdin;\n1\n2\n";
    let (code, stdout, stderr) = check(&[GOOD, GOOD_DOWN, ("cut.sql", dump)], &["--snapshot", "nowhere.sql"]);
    assert_eq!(code, 2, "{stdout}{stderr}");
    assert!(stderr.contains("no such snapshot"), "{stderr}");
    let config = ("groundline.toml", "[snapshot]\nfile = \"cut.sql\"\n");
    let (code, stdout, _) = check(&[GOOD, GOOD_DOWN, ("cut.sql", dump), config], &[]);
    assert_eq!(code, 1, "{stdout}");
    assert!(stdout.contains("cut.sql") && stdout.contains("truncated"), "{stdout}");
}

#[test]
fn an_application_that_never_answers() {
    let config =
        "[app]\nstart = \"echo started; exec sleep 600\"\nhealth = \"/health\"\ntimeout_seconds = 1\n";
    let (code, stdout, _) = check(&[GOOD, GOOD_DOWN, ("groundline.toml", config)], &[]);
    assert_eq!(code, 1, "{stdout}");
    assert!(stdout.contains("the application was not healthy after 1 s"), "{stdout}");
    assert!(crate::support::processes_with("sleep 600").is_empty(), "the application is left");
}

#[test]
fn an_application_that_ends_at_once() {
    let config = "[app]\nstart = \"echo no database >&2; exit 3\"\nhealth = \"/health\"\n";
    let (code, stdout, _) = check(&[GOOD, GOOD_DOWN, ("groundline.toml", config)], &[]);
    assert_eq!(code, 1, "{stdout}");
    assert!(stdout.contains("exit code 3") && stdout.contains("no database"), "{stdout}");
}

#[test]
fn a_configuration_with_an_unknown_key() {
    let (code, _, stderr) = check(&[GOOD, ("groundline.toml", "[migrations]\nfoldr = \"x\"\n")], &[]);
    assert_eq!(code, 2, "{stderr}");
    assert!(stderr.contains("groundline.toml:2:1") && stderr.contains("foldr"), "{stderr}");
}

#[test]
fn a_major_that_does_not_exist() {
    let temp = tempfile::tempdir().expect("a temporary folder");
    let output = groundline(temp.path()).args(["check", ".", "--postgres", "9"]).output().expect("it runs");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("supported are 14, 15, 16, 17, 18"));
}

#[test]
fn evidence_that_can_not_be_written() {
    let (code, _, stderr) =
        check(&[GOOD, GOOD_DOWN, ("taken", "a file")], &["--evidence", "/dev/null/evidence"]);
    assert_eq!(code, 2, "{stderr}");
    assert!(stderr.contains("/dev/null"), "{stderr}");
}
