//! `groundline ready` as an entrypoint uses it: behind, at head, ahead, by a lock alone, waiting; and the function in the
//! database, from Python and Node as its guide shows it.

use crate::support::{Databases, LAYOUTS, node, project_of, python, told};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

fn run(folder: &Path, args: &[&str]) -> (i32, String) {
    told(folder, args, &[])
}

#[test]
fn each_layout_s_database_is_behind_and_then_ready() {
    let databases = Databases::start();
    for (layout, write) in LAYOUTS {
        let folder = project_of(layout, write, 3);
        let url = databases.make(&format!("ready_{}", layout.replace('-', "_")), "");
        let ready = || run(folder.path(), &["ready", "--url", &url]);
        assert_eq!(ready().0, 1, "{layout}");
        let (code, said) = run(folder.path(), &["upgrade", "+2", "--url", &url]);
        assert_eq!(code, 0, "{said}");
        let (code, said) = ready();
        assert_eq!(code, 1, "{layout}: {said}");
        assert!(
            said.starts_with("not ready for revision") && said.contains("behind: it lacks"),
            "{layout}: {said}"
        );
        let (code, said) = run(folder.path(), &["upgrade", "--url", &url]);
        assert_eq!(code, 0, "{said}");
        let (code, said) = ready();
        assert_eq!((code, said.contains("at the expected revision")), (0, true), "{layout}: {said}");
    }
}

#[test]
fn a_lock_is_enough_and_waiting_ends() {
    let databases = Databases::start();
    let folder = project_of("dbmate", LAYOUTS[5].1, 2);
    assert_eq!(run(folder.path(), &["lock"]).0, 0);
    let lock = std::fs::read_to_string(folder.path().join("migrations/groundline.lock")).expect("a lock");
    let alone = tempfile::tempdir().expect("a folder");
    std::fs::write(alone.path().join("groundline.lock"), lock).expect("it is written");
    let url = databases.make("locked", "");
    let asked = |more: &[&str]| {
        run(alone.path(), &[&["ready", "--lock", "groundline.lock", "--url", &url], more].concat())
    };
    let began = Instant::now();
    assert_eq!(asked(&["--wait", "1"]).0, 1);
    assert!(began.elapsed() >= Duration::from_secs(1));
    assert_eq!(run(folder.path(), &["upgrade", "--url", &url]).0, 0);
    assert_eq!(asked(&[]).0, 0);
    databases.run(&url, "INSERT INTO schema_migrations VALUES ('20990101000000')");
    let (code, said) = asked(&[]);
    assert_eq!(
        (code, said.contains("ahead of the expected revision, by 20990101000000")),
        (0, true),
        "{said}"
    );
    assert_eq!(asked(&["--exact"]).0, 1);
    assert_eq!(run(alone.path(), &["ready", "--lock", "nowhere", "--url", &url]).0, 2);
    assert_eq!(asked(&["--revision", "7"]).0, 2);
}

#[test]
fn the_function_answers_a_role_without_rights() {
    let databases = Databases::start();
    let folder = project_of("sqlx", LAYOUTS[0].1, 2);
    let url = databases.make("answered", "CREATE ROLE app LOGIN");
    assert_eq!(run(folder.path(), &["upgrade", "--url", &url]).0, 0);
    for _ in 0..2 {
        assert_eq!(run(folder.path(), &["ready", "--install", "--url", &url]).0, 0);
    }
    let asked = "SET ROLE app; SELECT groundline.is_at('2'), groundline.is_at('3')";
    assert_eq!(databases.rows(&url, asked), "t f");
    // What counts of the schema is as before.
    assert_eq!(run(folder.path(), &["drift", &url]).0, 0);
    for (revision, status) in [("2", 0), ("3", 1)] {
        if let Some(python) = python::environment() {
            let before =
                format!("import psycopg\nREVISION = \"{revision}\"\nconnection = psycopg.connect({url:?})\n");
            let script = before + &snippet("python");
            ends(Command::new(python.join("bin/python")).arg("-c").arg(script), status);
        }
        if let Some(node) = node::environment() {
            let before = format!(
                "import pg from 'pg';\nconst REVISION = \"{revision}\";\nconst pool = new pg.Pool({{ connectionString: {url:?} }});\n"
            );
            let script = before + &snippet("js") + "await pool.end();\n";
            ends(
                Command::new("node").args(["--input-type=module", "--eval"]).arg(script).current_dir(node),
                status,
            );
        }
    }
}

/// The guide's snippet in a language.
fn snippet(language: &str) -> String {
    let guide = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/guides/startup.md");
    let guide = std::fs::read_to_string(guide).expect("the guide");
    let start = format!("```{language}\n");
    let snippet = guide.split(&start).nth(1).and_then(|rest| rest.split("```").next());
    snippet.expect("a snippet").to_owned()
}

fn ends(command: &mut Command, status: i32) {
    let output = command.output().expect("it runs");
    assert_eq!(output.status.code(), Some(status), "{}", String::from_utf8_lossy(&output.stderr));
}
