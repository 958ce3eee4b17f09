//! `groundline lock` as a team uses it: locked, verified, refused, accepted, merged.

use crate::support::{entries, groundline, project};
use std::path::Path;
use std::process::Command;

const CONFIG: (&str, &str) = ("groundline.toml", "[migrations]\nlayout = \"sqlx\"\n");
const FIRST: (&str, &str) = ("migrations/1_t.up.sql", "CREATE TABLE t (id bigint);\n");
const FIRST_DOWN: (&str, &str) = ("migrations/1_t.down.sql", "DROP TABLE t;\n");
const SECOND: (&str, &str) = ("migrations/2_u.up.sql", "CREATE TABLE u (id bigint);\n");

/// Runs a verb on a project; returns exit status, stdout and stderr.
fn run(project: &Path, args: &[&str]) -> (i32, String, String) {
    let temp = tempfile::tempdir().expect("a temporary folder");
    let output = groundline(temp.path()).args(args).arg(project).output().expect("it runs");
    assert_eq!(entries(temp.path()), Vec::<String>::new(), "temporary folders are left");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().expect("an exit status"), text(&output.stdout), text(&output.stderr))
}

#[track_caller]
fn ends(project: &Path, args: &[&str], status: i32, says: &str) {
    let (code, stdout, stderr) = run(project, args);
    assert_eq!(code, status, "{args:?}\n{stdout}{stderr}");
    assert!(stdout.contains(says) || stderr.contains(says), "{args:?}: no {says:?}\n{stdout}{stderr}");
}

fn put(project: &Path, (file, text): (&str, &str)) {
    std::fs::write(project.join(file), text).expect("a file can be written");
}

fn lock_of(project: &Path) -> String {
    std::fs::read_to_string(project.join("migrations/groundline.lock")).expect("the lock")
}

#[test]
fn an_edit_is_refused_until_it_is_accepted() {
    let folder = project(&[CONFIG, FIRST, FIRST_DOWN, SECOND]);
    let project = folder.path();
    ends(project, &["lock", "--verify"], 2, "there is no groundline.lock");
    ends(project, &["lock"], 0, "wrote ");
    ends(project, &["lock"], 0, "says so already");
    ends(project, &["lock", "--verify"], 0, "2 revisions as locked");
    let before = lock_of(project);
    put(project, (FIRST.0, "CREATE TABLE t (id integer);\n"));
    ends(project, &["lock", "--verify"], 1, "the up of 1 t was edited");
    ends(project, &["lock"], 1, "1 change to what was locked");
    assert_eq!(lock_of(project), before);
    ends(project, &["lock", "--accept-changes"], 0, "edited-up          1 t");
    ends(project, &["lock", "--verify"], 0, "as locked");
    assert_ne!(lock_of(project), before);
    let names = entries(&project.join("migrations"));
    assert!(names.iter().all(|name| !name.starts_with('.')), "half a file is left: {names:?}");
}

#[test]
fn what_is_behind_is_brought_up_to_date() {
    let folder = project(&[CONFIG, FIRST, FIRST_DOWN]);
    let project = folder.path();
    ends(project, &["lock"], 0, "wrote ");
    put(project, (FIRST.0, "-- the first\nCREATE TABLE t (id bigint);\n"));
    put(project, SECOND);
    ends(project, &["lock", "--verify"], 1, "2 u is not locked");
    ends(project, &["lock"], 0, "unlocked           2 u");
    ends(project, &["lock", "--verify"], 0, "2 revisions as locked");
    std::fs::write(project.join("migrations/groundline.schema.json"), "{").expect("a file");
    ends(project, &["lock", "--verify"], 1, "the file of head's schema is not what was locked");
    ends(project, &["lock"], 0, "groundline.schema.json");
    ends(project, &["lock", "--verify"], 0, "as locked");
}

#[test]
fn a_schema_that_changed_without_an_edit_is_a_finding() {
    let config = ("groundline.toml", "[migrations]\nlayout = \"sqlx\"\n[shadow]\nbefore = \"before.sql\"\n");
    let before = ("before.sql", "CREATE SCHEMA tools;\n");
    let second = ("migrations/2_u.up.sql", "CREATE TABLE u AS SELECT * FROM tools.kinds;\n");
    let folder = project(&[config, before, FIRST, FIRST_DOWN]);
    let project = folder.path();
    put(project, (before.0, "CREATE SCHEMA tools; CREATE TABLE tools.kinds (id bigint);\n"));
    put(project, second);
    ends(project, &["lock"], 0, "wrote ");
    ends(project, &["check"], 0, "As locked               2 revisions, 2 schemas");
    put(project, (before.0, "CREATE SCHEMA tools; CREATE TABLE tools.kinds (id text);\n"));
    ends(project, &["lock", "--verify"], 0, "as locked");
    ends(project, &["check"], 1, "the database before the first revision yields another schema");
    ends(project, &["lock"], 1, "1 change to what was locked");
    ends(project, &["lock", "--accept-changes"], 0, "other-schema");
    ends(project, &["check"], 0, "As locked               2 revisions, 2 schemas");
}

/// What `[catalog]` leaves out is left out of the lock, which says so; another scope is another lock.
#[test]
fn a_lock_is_of_the_scope_that_it_names() {
    let folder = project(&[CONFIG, FIRST, FIRST_DOWN, SECOND]);
    let project = folder.path();
    ends(project, &["lock"], 0, "wrote ");
    assert!(!lock_of(project).contains("scope"));
    let catalog = "[catalog]\nexclude = [{ pattern = \"public.u\", reason = \"made by a job\" }]\n";
    put(project, (CONFIG.0, &format!("{}{catalog}", CONFIG.1)));
    ends(project, &["lock", "--verify"], 1, "the lock's schemas are of another scope");
    ends(project, &["check"], 1, "measured in the scope schema, and wanted is schema+");
    ends(project, &["lock"], 0, "\n  other-scope\nwrote ");
    assert!(lock_of(project).contains("\nscope = \"schema+"), "{}", lock_of(project));
    ends(project, &["lock", "--verify"], 0, "2 revisions as locked");
    ends(project, &["check"], 0, "As locked               2 revisions, 2 schemas");
}

/// A view that froze the time of its creation is another one each time, and no finding once it is gone again.
#[test]
fn a_revision_that_freezes_the_time_does_not_change_the_lock() {
    let frozen = ("migrations/2_v.up.sql", "CREATE VIEW v AS SELECT 'now'::timestamp AS t;\n");
    let gone = ("migrations/3_gone.up.sql", "DROP VIEW v;\n");
    let folder = project(&[CONFIG, FIRST, FIRST_DOWN, frozen, gone]);
    ends(folder.path(), &["lock"], 0, "wrote ");
    ends(folder.path(), &["lock"], 0, "unsteady-schema    2 v\ngroundline.lock says so already");
    ends(folder.path(), &["check"], 0, "2 v yields another schema each time that it is played");
    std::fs::remove_file(folder.path().join(gone.0)).expect("it is there");
    ends(folder.path(), &["lock", "--accept-changes"], 0, "missing            3 gone");
    ends(folder.path(), &["lock"], 1, "2 v yields another schema than the one that was locked");
}

#[test]
fn a_lock_is_no_guess_and_does_not_come_without_its_history() {
    let folder = project(&[FIRST, FIRST_DOWN]);
    ends(folder.path(), &["lock"], 2, "--layout sqlx or --layout golang-migrate");
    assert_eq!(entries(&folder.path().join("migrations")).len(), 2);
    put(folder.path(), ("migrations/2_u.up.sql", "CRAETE TABLE u (id bigint);\n"));
    ends(folder.path(), &["lock", "--layout", "sqlx"], 1, "syntax error");
    assert_eq!(entries(&folder.path().join("migrations")).len(), 3);
}

/// Two branches that each add a revision conflict in git, in the lock's head; the way out that the file names works.
#[test]
fn two_branches_conflict_and_one_lock_solves_it() {
    let folder = project(&[CONFIG, FIRST, FIRST_DOWN]);
    let project = folder.path();
    let git = |args: &[&str]| {
        let mut command = Command::new("git");
        command.arg("-C").arg(project).args(["-c", "user.name=t", "-c", "user.email=t@example.org"]);
        let output = command.args(args).output().expect("git");
        (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let commit = || {
        ends(project, &["lock"], 0, "wrote ");
        assert!(git(&["add", "."]).0 && git(&["commit", "--quiet", "-m", "x"]).0);
    };
    assert!(git(&["init", "--quiet", "--initial-branch=main"]).0);
    commit();
    assert!(git(&["checkout", "--quiet", "-b", "theirs"]).0);
    put(project, ("migrations/2_theirs.up.sql", "CREATE TABLE theirs (id bigint);\n"));
    commit();
    assert!(git(&["checkout", "--quiet", "main"]).0 && git(&["checkout", "--quiet", "-b", "ours"]).0);
    put(project, ("migrations/3_ours.up.sql", "CREATE TABLE ours (id bigint);\n"));
    commit();
    let (merged, said) = git(&["merge", "theirs"]);
    assert!(
        !merged && said.contains("CONFLICT (content): Merge conflict in migrations/groundline.lock"),
        "{said}"
    );
    let head = lock_of(project).lines().position(|line| line.starts_with("<<<<<<<")).expect("a conflict");
    assert!(lock_of(project).lines().nth(head + 1).is_some_and(|line| line.starts_with("head = ")));
    ends(project, &["lock", "--verify"], 2, "the lock file has a merge conflict");
    ends(project, &["lock"], 2, "git checkout --theirs");
    assert!(git(&["checkout", "--theirs", "migrations/groundline.lock"]).0);
    ends(project, &["lock"], 0, "unlocked           3 ours");
    ends(project, &["lock", "--verify"], 0, "3 revisions as locked");
}

/// The branch whose revision sorts first came second: it has to be given a new version.
#[test]
fn a_revision_before_the_locked_head_is_refused() {
    let folder = project(&[CONFIG, FIRST, FIRST_DOWN, ("migrations/5_u.up.sql", SECOND.1)]);
    ends(folder.path(), &["lock"], 0, "wrote ");
    put(folder.path(), ("migrations/3_late.up.sql", "CREATE TABLE late (id bigint);\n"));
    ends(folder.path(), &["lock"], 1, "3 late comes before revisions that are locked");
}
