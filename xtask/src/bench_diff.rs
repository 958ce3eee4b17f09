//! `cargo xtask bench-diff`: the statements between two schemas that differ in fifty objects, against reading each of them
//! once, in turn.
//! Out: the schemas' generation (`benches/`), reading against `pg_dump` (`bench_catalog`), whether the statements are right
//! (`groundline-pg`, `tests/catalog`).

use crate::bench::{self, psql};
use crate::bench_catalog::{Options, url};
use crate::measure::{self, Run};
use anyhow::{Result, ensure};
use std::path::Path;
use std::process::Command;

/// The fewest statements that fifty differences can take.
const DIFFERENCES: usize = 50;

/// Measures with the server of `PGHOST`, or starts one and does it there. Prints a table on stdout.
///
/// # Errors
/// Something can't be built or started, psql is not on PATH, or there are too few statements.
pub fn run(root: &Path, options: &Options, arguments: &[&str]) -> Result<()> {
    let groundline = bench::build(root, "dist")?;
    if std::env::var_os("PGHOST").is_none() {
        return bench::inside(&groundline, &options.turns, "bench-diff", arguments);
    }
    println!("  tables    reading both    diff --sql   of reading   peak memory");
    for tables in &options.sizes {
        let names = ["from", "to"].map(|side| format!("bench_diff_{tables}_{side}"));
        let measured = size(root, &groundline, (*tables, options.turns.runs), &names);
        for name in &names {
            psql("postgres", &["-c", &format!("DROP DATABASE IF EXISTS {name}")])?;
        }
        measured?;
    }
    Ok(())
}

/// One size; all programs start anew and connect anew each time.
fn size(root: &Path, groundline: &Path, (tables, runs): (u32, usize), names: &[String; 2]) -> Result<()> {
    let bench = |file: &str| root.join("benches").join(file).display().to_string();
    let [from, to] = names;
    psql("postgres", &["-c", &format!("CREATE DATABASE {from} TEMPLATE template0")])?;
    psql(from, &["-v", &format!("tables={tables}"), "-f", &bench("tables.sql")])?;
    psql("postgres", &["-c", &format!("CREATE DATABASE {to} TEMPLATE {from}")])?;
    psql(to, &["-f", &bench("differences.sql")])?;
    let urls = [url(from)?, url(to)?];
    let (mut readings, mut diffs) = (Vec::new(), Vec::<Run>::new());
    for _ in 0..runs {
        let read = |url: &String| measure::run(Command::new(groundline).args(["fingerprint", url]));
        readings.push(read(&urls[0])?.wall + read(&urls[1])?.wall);
        diffs.push(measure::run(Command::new(groundline).arg("diff").args(&urls).arg("--sql"))?);
    }
    let statements = diffs.iter().map(|run| run.output.lines().filter(|line| line.ends_with(';')).count());
    let fewest = statements.min().unwrap_or_default();
    ensure!(fewest >= DIFFERENCES, "{fewest} statements for {DIFFERENCES} differences");
    let reading = measure::median(readings);
    let diff = measure::median(diffs.iter().map(|run| run.wall).collect());
    println!(
        "  {tables:>6} {:>12.1} ms {:>10.1} ms {:>11.2}× {:>10.1} MB",
        reading.as_secs_f64() * 1_000.0,
        diff.as_secs_f64() * 1_000.0,
        diff.as_secs_f64() / reading.as_secs_f64(),
        diffs.iter().map(|run| run.peak).max().unwrap_or_default() as f64 / 1e6,
    );
    Ok(())
}
