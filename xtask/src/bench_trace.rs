//! `cargo xtask bench-trace`: `groundline trace` of a whole history against applying it, on one machine, in turn. Both start a
//! server of their own.
//! Out: measuring one command (`measure`). Called by people.

use crate::bench::{self, Turns};
use crate::measure;
use anyhow::{Context, Result, bail};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// Revisions of the history that is made, where none is named.
const REVISIONS: usize = 300;
/// Statements of a table's five revisions; `{n}` is its number, `{before}` the table's before it.
const TABLE: [&str; 5] = [
    "CREATE TABLE t{n} (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, at timestamptz DEFAULT now());",
    "ALTER TABLE t{n} ADD COLUMN total numeric(12, 2) NOT NULL DEFAULT 0;",
    "CREATE INDEX t{n}_name ON t{n} (name);\nINSERT INTO t{n} (name) SELECT 'n' || g FROM generate_series(1, 100) g;",
    "ALTER TABLE t{n} ADD CONSTRAINT t{n}_total CHECK (total >= 0);\nCREATE VIEW v{n} AS SELECT id, name FROM t{n};",
    "ALTER TABLE t{n} ADD COLUMN parent bigint REFERENCES t{before} (id);\nUPDATE t{n} SET parent = 1;",
];

/// Measures. Prints the medians and their ratio on stdout.
///
/// # Errors
/// Groundline can't be built, or a revision does not run.
pub fn run(root: &Path, arguments: &[&str]) -> Result<()> {
    let mut turns = Turns { runs: 5, postgres: None };
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        if !turns.take(argument, &mut rest)? {
            bail!("unknown argument {argument}");
        }
    }
    let groundline = bench::build(root, "dist")?;
    let place = tempfile::tempdir()?;
    write(place.path())?;
    // Judging the last revision applies all before it.
    let last = (REVISIONS - 1).to_string();
    let command = |verb: &str, which: &[&str]| {
        let mut command = Command::new(&groundline);
        command.args([verb, "--project"]).arg(place.path()).args(which).args(turns.postgres());
        command
    };
    let (mut applied, mut traced) = (Vec::new(), Vec::new());
    for _ in 0..turns.runs {
        applied.push(measure::run(&mut command("lint", &["--since", &last]))?.wall);
        traced.push(measure::run(&mut command("trace", &["--all"]))?.wall);
    }
    let (applied, traced): (Duration, Duration) = (measure::median(applied), measure::median(traced));
    let ratio = traced.as_secs_f64() / applied.as_secs_f64().max(f64::EPSILON);
    println!("{REVISIONS} revisions: applied in {applied:?}, traced in {traced:?}: {ratio:.2} times as long");
    Ok(())
}

fn write(folder: &Path) -> Result<()> {
    let migrations = folder.join("migrations");
    std::fs::create_dir(&migrations)?;
    std::fs::write(folder.join("groundline.toml"), "[migrations]\nlayout = \"sqlx\"\n")?;
    for number in 0..REVISIONS {
        let table = number / TABLE.len();
        let sql = TABLE[number % TABLE.len()]
            .replace("{n}", &table.to_string())
            .replace("{before}", &table.saturating_sub(1).to_string());
        let file = migrations.join(format!("{:04}_r.up.sql", number + 1));
        std::fs::write(&file, sql + "\n").with_context(|| file.display().to_string())?;
    }
    Ok(())
}
