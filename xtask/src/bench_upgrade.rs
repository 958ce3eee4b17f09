//! `cargo xtask bench-upgrade`: `groundline upgrade` of a new database to head against one psql session that replays
//! the same files in the same order and transactions, on one server, in turn.
//! Out: measuring one command (`measure`), building (`bench`), psql (`bench_catalog`).

use crate::bench::{self, Options};
use crate::bench_catalog::{psql, url};
use crate::measure::{self, Run};
use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

const DATABASE: &str = "bench_upgrade";

/// Measures with the server of `PGHOST`, or starts one and does it there. Prints a table on stdout.
///
/// # Errors
/// Something can't be built or started, the history does not apply, or psql is not on PATH.
pub fn run(root: &Path, options: &Options, arguments: &[&str]) -> Result<()> {
    let groundline = bench::build(root, "release")?;
    let folder = options.folder(root)?;
    if std::env::var_os("PGHOST").is_none() {
        return bench::inside(&groundline, options.turns.postgres(), "bench-upgrade", arguments);
    }
    let script = script(&groundline, &folder)?;
    let (mut ours, mut limits) = (Vec::new(), Vec::new());
    for turn in 1..=options.turns.runs {
        eprintln!("bench-upgrade: run {turn} of {}", options.turns.runs);
        ours.push(on_a_new_database(&mut command(&groundline, "upgrade", &folder)?)?);
        let mut limit = Command::new("psql");
        limit.args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", DATABASE, "-f"]).arg(script.path());
        limits.push(on_a_new_database(&mut limit)?);
    }
    println!("{}: {} runs of each, in turn", folder.display(), options.turns.runs);
    let median = |runs: &[Run]| measure::median(runs.iter().map(|run| run.wall).collect()).as_secs_f64();
    let (ours, limit) = (median(&ours), median(&limits));
    println!("  groundline upgrade  {ours:>8.3} s");
    println!("  one psql session    {limit:>8.3} s");
    println!("  ratio               {:>8.2}×", ours / limit);
    Ok(())
}

fn on_a_new_database(command: &mut Command) -> Result<Run> {
    psql("postgres", &["-c", &format!("CREATE DATABASE {DATABASE} TEMPLATE template0")])?;
    let run = measure::run(command);
    psql("postgres", &["-c", &format!("DROP DATABASE {DATABASE} WITH (FORCE)")])?;
    let run = run?;
    ensure!(run.is_done, "{:?} ends with findings:\n{}", command.get_program(), run.output);
    Ok(run)
}

fn command(groundline: &Path, verb: &str, folder: &Path) -> Result<Command> {
    let mut command = Command::new(groundline);
    command
        .arg(verb)
        .args(["--format", "json", "--migrations"])
        .arg(folder)
        .env("DATABASE_URL", url(DATABASE)?);
    Ok(command)
}

/// What psql runs: the files of the plan, those that a tool runs in a transaction in one.
fn script(groundline: &Path, folder: &Path) -> Result<tempfile::NamedTempFile> {
    let planned = on_a_new_database(&mut command(groundline, "plan", folder)?)?;
    let plan: Value = serde_json::from_str(&planned.output).context("a plan as JSON")?;
    let mut text = String::new();
    for step in plan["steps"].as_array().context("a plan has steps")? {
        let file = folder.join(step["file"].as_str().context("a step has a file")?);
        let file = file.to_string_lossy().replace('\'', "''");
        let groups = step["groups"].as_array().context("a step has groups")?;
        match groups.iter().all(|group| group["transaction"] == true) {
            true => writeln!(text, "BEGIN;\n\\i '{file}'\nCOMMIT;")?,
            false => writeln!(text, "\\i '{file}'")?,
        }
    }
    let script = tempfile::NamedTempFile::new()?;
    std::fs::write(script.path(), text)?;
    Ok(script)
}
