//! `groundline baseline --squash-through`: in every layout, what its table of databases says is what they take.

use crate::diff::run;
use crate::support::{Databases, LAYOUTS, entries, project, project_of};
use serde_json::Value;
use std::path::Path;

fn version(folder: &Path, at: usize) -> String {
    let (code, stdout, stderr) = run(folder, &["history", "--format", "json"]);
    assert_eq!(code, 0, "{stderr}");
    let listed: Value = serde_json::from_str(&stdout).expect("JSON");
    listed["revisions"][at]["version"].as_str().expect("a version").to_owned()
}

fn done(folder: &Path, args: &[&str]) -> String {
    let (code, stdout, stderr) = run(folder, args);
    assert_eq!(code, 0, "{args:?}: {stdout}{stderr}");
    stdout
}

#[test]
fn databases_go_on_with_the_shorter_history() {
    let databases = Databases::start();
    // Those that keep all versions, only the newest, and names of files or folders.
    for (layout, write) in LAYOUTS {
        let is_whole = matches!(layout, "sqlx" | "golang-migrate" | "prisma" | "sql-migrate");
        let (long, short) = (project_of(layout, write, 3), project_of(layout, write, 3));
        let (long, short) = (long.path(), short.path());
        let through = version(long, 1);
        let named = |state: &str| databases.make(&format!("{}_{state}", layout.replace('-', "_")), "");
        let [empty, complete, later, middle] = ["empty", "complete", "later", "middle"].map(named);
        let tables = "create table t1 (id int); create table t2 (id int); create table t3 (id int)";
        let bare = databases.make(&format!("{}_bare", layout.replace('-', "_")), tables);
        done(long, &["upgrade", "--url", &later]);
        if is_whole {
            done(long, &["upgrade", &through, "--url", &complete]);
            done(long, &["upgrade", &version(long, 0), "--url", &middle]);
        }

        let stdout = done(short, &["baseline", "--squash-through", &through]);
        assert!(stdout.contains("2 revisions removed"), "{layout}: {stdout}");
        assert_eq!(version(short, 0), through, "{layout}");
        done(short, &["stamp", "--purge", "head", &later]);
        let mut urls = vec![&empty, &later];
        if is_whole {
            done(short, &["stamp", "--purge", &through, &complete]);
            done(long, &["upgrade", &through, "--url", &middle]);
            done(short, &["stamp", "--purge", &through, &middle]);
            done(short, &["adopt", &bare, "--yes"]);
            urls.extend([&complete, &middle, &bare]);
        }
        for url in urls {
            done(short, &["upgrade", "--url", url]);
            done(short, &["current", "--check-head", url]);
            done(short, &["diff", "migrations", url]);
        }
    }
}

#[test]
fn what_can_not_be_squashed_stays_as_it_is() {
    let (layout, write) = LAYOUTS[0];
    let folder = project_of(layout, write, 3);
    let before = entries(&folder.path().join("migrations"));
    for (through, said) in [("1", "only one revision"), ("7", "no revision 7")] {
        let (code, _, stderr) = run(folder.path(), &["baseline", "--squash-through", through]);
        assert!(code == 2 && stderr.contains(said), "{stderr}");
    }
    let secret =
        "create foreign data wrapper w; create server s foreign data wrapper w options (password 'hidden');";
    let other = project(&[("migrations/1_a.sql", secret), ("migrations/2_b.sql", "create table b ();")]);
    let (code, _, stderr) = run(other.path(), &["baseline", "--squash-through", "2", "--layout", "sqlx"]);
    assert!(code == 1 && stderr.contains("so it is no baseline"), "{stderr}");
    assert_eq!(entries(&other.path().join("migrations")), ["1_a.sql", "2_b.sql"]);
    assert_eq!(entries(&folder.path().join("migrations")), before);
}
