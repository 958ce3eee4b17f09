//! `cargo xtask bench-catalog`: reading a catalog against `pg_dump --schema-only`, on the same database, in turn.
//! Out: measuring one command (`measure`), the drill (`bench`).

use crate::bench::{self, Turns, psql};
use crate::measure::{self, Run};
use anyhow::{Context, Result, ensure};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// Numbers of tables where none are given.
const SIZES: [u32; 3] = [100, 1_000, 10_000];

/// What is measured, and how often.
#[derive(Debug, PartialEq, Eq)]
pub struct Options {
    pub sizes: Vec<u32>,
    pub turns: Turns,
}

/// The programs that are measured.
struct Programs {
    groundline: PathBuf,
    read_again: PathBuf,
}

impl Options {
    /// Reads `[TABLES…] [--runs N] [--postgres MAJOR]`.
    ///
    /// # Errors
    /// Another argument, or a value that is none.
    pub fn parse(arguments: &[&str]) -> Result<Self> {
        let mut options = Self { sizes: Vec::new(), turns: Turns { runs: 9, postgres: None } };
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            if !options.turns.take(argument, &mut arguments)? {
                let tables =
                    argument.parse().with_context(|| format!("{argument} is no number of tables"))?;
                options.sizes.push(tables);
            }
        }
        if options.sizes.is_empty() {
            options.sizes = SIZES.to_vec();
        }
        Ok(options)
    }
}

/// Measures with the server of `PGHOST`, or starts one and does it there. Prints a table on stdout.
///
/// # Errors
/// Something can't be built or started, or psql or pg_dump is not on PATH.
pub fn run(root: &Path, options: &Options, arguments: &[&str]) -> Result<()> {
    let groundline = bench::build(root, "dist")?;
    if std::env::var_os("PGHOST").is_none() {
        return bench::inside(&groundline, &options.turns, "bench-catalog", arguments);
    }
    let programs = Programs { groundline, read_again: build_read_again(root)? };
    println!("  tables    pg_dump -s    fingerprint   faster   reading again   faster   peak memory");
    for tables in &options.sizes {
        let database = format!("bench_catalog_{tables}");
        psql("postgres", &["-c", &format!("CREATE DATABASE {database} TEMPLATE template0")])?;
        let measured = size(root, &programs, *tables, &database, options.turns.runs);
        psql("postgres", &["-c", &format!("DROP DATABASE {database}")])?;
        measured?;
    }
    Ok(())
}

/// One size; both programs start anew and connect anew each time.
fn size(root: &Path, programs: &Programs, tables: u32, database: &str, runs: usize) -> Result<()> {
    let file = root.join("benches/tables.sql");
    psql(database, &["-v", &format!("tables={tables}"), "-f", &file.to_string_lossy()])?;
    let url = url(database)?;
    let (mut dumps, mut ours) = (Vec::new(), Vec::new());
    for _ in 0..runs {
        dumps.push(measure::run(Command::new("pg_dump").args(["--schema-only", "--dbname", database]))?);
        ours.push(measure::run(
            Command::new(&programs.groundline).arg("fingerprint").env("DATABASE_URL", &url),
        )?);
    }
    let again =
        measure::run(Command::new(&programs.read_again).arg(runs.to_string()).env("DATABASE_URL", &url))?;
    let again = Duration::from_micros(again.output.trim().parse().context("read_again prints a number")?);
    let of = |runs: &[Run]| measure::median(runs.iter().map(|run| run.wall).collect());
    let (dump, fresh) = (of(&dumps), of(&ours));
    let milliseconds = |wall: Duration| wall.as_secs_f64() * 1_000.0;
    println!(
        "  {tables:>6} {:>10.1} ms {:>11.1} ms {:>7.1}× {:>12.1} ms {:>7.1}× {:>10.1} MB",
        milliseconds(dump),
        milliseconds(fresh),
        dump.as_secs_f64() / fresh.as_secs_f64(),
        milliseconds(again),
        dump.as_secs_f64() / again.as_secs_f64(),
        ours.iter().map(|run| run.peak).max().unwrap_or_default() as f64 / 1e6,
    );
    Ok(())
}

/// The database on the server of the environment's PGHOST, PGPORT and PGUSER.
pub fn url(database: &str) -> Result<String> {
    let of = |name: &str, usual: &str| std::env::var(name).unwrap_or_else(|_| usual.to_owned());
    let host = std::env::var("PGHOST").context("PGHOST")?;
    Ok(format!(
        "host={host} port={} user={} dbname={database}",
        of("PGPORT", "5432"),
        of("PGUSER", "postgres")
    ))
}

fn build_read_again(root: &Path) -> Result<PathBuf> {
    let example = ["build", "--release", "--package", "groundline-pg", "--example", "read_again"];
    let status = Command::new(crate::cargo()).args(example).current_dir(root).status()?;
    ensure!(status.success(), "the example read_again does not build");
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    Ok(target.join("release/examples/read_again"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_options() {
        let options = Options::parse(&["7", "--runs", "3", "--postgres", "18", "70"]).unwrap();
        assert_eq!(
            (options.sizes, options.turns.runs, options.turns.postgres),
            (vec![7, 70], 3, Some("18".to_owned()))
        );
        assert_eq!(Options::parse(&[]).unwrap().sizes, SIZES);
        for wrong in [&["--runs"][..], &["--runs", "0"], &["--fast"], &["many"]] {
            assert!(Options::parse(wrong).is_err(), "{wrong:?}");
        }
    }
}
