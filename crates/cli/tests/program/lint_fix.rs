//! `groundline lint --fix`: new revisions are rewritten, taken apart where transactions ask for it, proven, and clean afterwards;
//! and `--stats`: findings that know how large tables are.

use crate::diff::run;
use crate::support::{Databases, entries, project};
use serde_json::Value;

const TABLES: &str = "CREATE TABLE t (id bigint PRIMARY KEY, a int, b text);\nCREATE TABLE u (id bigint PRIMARY KEY, t_id bigint);\n";
const UP: &str = "-- Orders are looked for by a.\nCREATE INDEX t_a ON t (a);\nALTER TABLE u ADD CONSTRAINT u_t FOREIGN KEY (t_id) REFERENCES t;\nALTER TABLE t ALTER COLUMN b SET NOT NULL;\n";
const DOWN: &str =
    "ALTER TABLE t ALTER COLUMN b DROP NOT NULL;\nALTER TABLE u DROP CONSTRAINT u_t;\nDROP INDEX t_a;\n";

/// A history with a revision that is locked, and a new one that blocks, in some layouts.
fn histories() -> Vec<(&'static str, Vec<(&'static str, String)>)> {
    let pairs = vec![
        ("migrations/1_tables.up.sql", TABLES.to_owned()),
        ("migrations/1_tables.down.sql", "DROP TABLE t, u;\n".to_owned()),
        ("migrations/2_blocks.up.sql", UP.to_owned()),
        ("migrations/2_blocks.down.sql", DOWN.to_owned()),
    ];
    let goose = |up: &str, down: &str| format!("-- +goose Up\n{up}\n-- +goose Down\n{down}");
    vec![
        ("sqlx", pairs.clone()),
        ("golang-migrate", pairs.clone()),
        ("groundline", pairs),
        (
            "diesel",
            vec![
                ("migrations/2024-01-01-000000_tables/up.sql", TABLES.to_owned()),
                ("migrations/2024-01-01-000000_tables/down.sql", "DROP TABLE t, u;\n".to_owned()),
                ("migrations/2024-01-02-000000_blocks/up.sql", UP.to_owned()),
                ("migrations/2024-01-02-000000_blocks/down.sql", DOWN.to_owned()),
            ],
        ),
        (
            "goose",
            vec![
                ("migrations/00001_tables.sql", goose(TABLES, "DROP TABLE t, u;\n")),
                ("migrations/00002_blocks.sql", goose(UP, DOWN)),
            ],
        ),
    ]
}

#[test]
fn new_revisions_are_rewritten_proven_and_clean_in_every_way_of_writing_them() {
    for (layout, files) in histories() {
        let config = format!("[migrations]\nlayout = \"{layout}\"\n");
        let mut all: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
        all.push(("groundline.toml", &config));
        let folder = project(&all);
        let migrations = folder.path().join("migrations");
        let (code, _, _) = run(folder.path(), &["lint", "--since", "1"]);
        assert!(code == 1 || layout == "diesel", "{layout}: it is to be fixed");
        let before = entries(&migrations);
        let (code, diff, stderr) = run(folder.path(), &["lint", "--all", "--fix", "--dry-run"]);
        assert!(code == 1 && diff.contains("+CREATE INDEX CONCURRENTLY t_a"), "{layout}: {diff}{stderr}");
        assert_eq!(entries(&migrations), before, "{layout}: nothing is written");
        let (code, stdout, stderr) = run(folder.path(), &["lint", "--all", "--fix"]);
        assert!(
            code == 0 && stderr.contains("3 findings fixed: L101 ×1, L107 ×1, L109 ×1"),
            "{layout}: {stdout}{stderr}"
        );
        assert!(
            stdout.contains("+-- Orders are looked for by a.")
                || stdout.contains(" -- Orders are looked for"),
            "{layout}: {stdout}"
        );
        let (code, _, stderr) = run(folder.path(), &["lint", "--all", "--fix"]);
        assert!(code == 0 && stderr.contains("nothing to fix"), "{layout}: {stderr}");
        let (code, stdout, stderr) = run(folder.path(), &["drill", "--format", "json"]);
        let drilled: Value = serde_json::from_str(&stdout).expect("JSON");
        let verdicts = drilled["drill"]["revisions"].as_array().or(drilled["revisions"].as_array());
        assert!(code == 0 && verdicts.is_some_and(|all| all.len() == 4), "{layout}: {stdout}{stderr}");
    }
}

#[test]
fn what_is_locked_or_cannot_be_proven_stays_as_it_is() {
    let config = ("groundline.toml", "[migrations]\nlayout = \"sqlx\"\n");
    let down = "DROP INDEX t_a;\nINSERT INTO u VALUES (1, 1);\n";
    let folder = project(&[
        config,
        ("migrations/1_tables.up.sql", TABLES),
        ("migrations/1_tables.down.sql", "DROP TABLE t, u;\n"),
        ("migrations/2_i.up.sql", "CREATE INDEX t_a ON t (a);\n"),
        ("migrations/2_i.down.sql", "DROP INDEX t_a;\n"),
    ]);
    assert_eq!(run(folder.path(), &["lock"]).0, 0);
    let (code, stdout, stderr) = run(folder.path(), &["lint", "--all", "--fix"]);
    assert!(code == 1 && stderr.contains("2 i is locked, so it is not rewritten"), "{stdout}{stderr}");
    let kept = std::fs::read_to_string(folder.path().join("migrations/2_i.up.sql")).expect("the revision");
    assert_eq!(kept, "CREATE INDEX t_a ON t (a);\n");
    // A way back that changes rows is its author's: nothing takes its place.
    let folder = project(&[
        config,
        ("migrations/1_tables.up.sql", TABLES),
        ("migrations/1_tables.down.sql", "DROP TABLE t, u;\n"),
        ("migrations/2_i.up.sql", "ALTER TABLE t ADD COLUMN c int;\nCREATE INDEX t_a ON t (a);\n"),
        ("migrations/2_i.down.sql", &format!("ALTER TABLE t DROP COLUMN c;\n{down}")),
    ]);
    let (code, _, stderr) = run(folder.path(), &["lint", "--all", "--fix"]);
    assert!(code == 2 && stderr.contains("nothing was written"), "{stderr}");
    assert_eq!(entries(&folder.path().join("migrations")).len(), 4);
}

#[test]
fn scripts_are_fixed_in_their_file_and_revisions_are_not_scripts() {
    let folder = project(&[("schema.sql", TABLES), ("s.sql", UP)]);
    let (code, _, stderr) = run(folder.path(), &["lint", "s.sql", "--on", "schema.sql", "--fix"]);
    assert_eq!(code, 0, "{stderr}");
    let fixed = std::fs::read_to_string(folder.path().join("s.sql")).expect("the script");
    assert!(fixed.starts_with("-- Orders are looked for by a.\nCREATE INDEX CONCURRENTLY t_a"), "{fixed}");
    assert!(fixed.contains("COMMIT;\n\nBEGIN;\nALTER TABLE u VALIDATE CONSTRAINT u_t;"), "{fixed}");
    let folder = project(&[
        ("groundline.toml", "[migrations]\nlayout = \"sqlx\"\n"),
        ("migrations/1_tables.up.sql", TABLES),
        ("migrations/2_i.up.sql", UP),
    ]);
    let (code, _, stderr) = run(folder.path(), &["lint", "migrations/2_i.up.sql", "--fix"]);
    assert!(code == 2 && stderr.contains("this file is a revision"), "{stderr}");
}

#[test]
fn sizes_of_tables_are_said_and_small_ones_count_less() {
    let databases = Databases::start();
    let url = databases.make(
        "sizes",
        "CREATE TABLE t (id int PRIMARY KEY, a int); INSERT INTO t SELECT g, g FROM generate_series(1, 20000) g;\n\
         CREATE TABLE few (id int PRIMARY KEY, a int); INSERT INTO few VALUES (1, 1);\n\
         CREATE TABLE p (id int, at date) PARTITION BY RANGE (at); CREATE TABLE p1 PARTITION OF p DEFAULT;\n\
         INSERT INTO p SELECT g, '2024-01-01' FROM generate_series(1, 500) g; ANALYZE;\n",
    );
    let script = "CREATE INDEX ON t (a);\nCREATE INDEX ON few (a);\nCREATE INDEX ON p (id);\n";
    let config = "[lint.sizes]\nsmall_bytes = 100000\nmegabytes_per_second = 1\n";
    let folder = project(&[("s.sql", script), ("groundline.toml", config)]);
    let (code, stats, stderr) = run(folder.path(), &["stats", &url]);
    assert_eq!(code, 0, "{stderr}");
    let read: Value = serde_json::from_str(&stats).expect("JSON");
    assert_eq!(read["relations"]["public.t"]["rows"], 20000, "{stats}");
    assert_eq!(read["relations"]["public.p"]["rows"], 500, "a table is as large as its partitions: {stats}");
    std::fs::write(folder.path().join("stats.json"), &stats).expect("the file");
    for of in ["stats.json", &url] {
        let args = ["lint", "s.sql", "--on", &url, "--stats", of, "--notes", "--format", "json"];
        let (_, stdout, stderr) = run(folder.path(), &args);
        let report: Value =
            serde_json::from_str(&stdout).unwrap_or_else(|error| panic!("{error}: {stdout}{stderr}"));
        let found = |relation: &str| {
            let all = report["findings"].as_array().expect("findings");
            let one = all.iter().find(|one| one["relation"] == relation && one["effect"] == "scan");
            one.unwrap_or_else(|| panic!("{relation}: {stdout}")).clone()
        };
        let (large, small) = (found("public.t"), found("public.few"));
        assert_eq!((&large["severity"], &small["severity"]), (&"error".into(), &"note".into()), "{stdout}");
        let bytes = large["size"]["bytes"].as_u64().expect("bytes");
        assert_eq!(large["seconds"].as_u64(), Some(bytes.div_ceil(1_000_000)));
        assert_eq!(found("public.p")["size"]["rows"], 500);
    }
    let (_, stdout, _) = run(folder.path(), &["lint", "s.sql", "--on", &url, "--stats", "stats.json"]);
    assert!(stdout.contains("public.t has about 20,000 rows in "), "{stdout}");
    let (code, _, stderr) = run(folder.path(), &["lint", "s.sql", "--stats", "s.sql"]);
    assert!(code == 2 && stderr.contains("these are no sizes of tables"), "{stderr}");
}
