//! `cargo xtask bench`: `groundline drill` against a plain script that does the same, on one machine, in turn.
//! Both start a server of their own: `groundline postgres run` gives the script's, so the start counts twice.
//! Out: measuring one command (`measure`); reading a catalog (`bench_catalog`).

use crate::measure::{self, Run};
use crate::verdicts::{self, Drilled};
use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// What is measured, and how often.
#[derive(Debug, PartialEq, Eq)]
pub struct Options {
    folder: Option<PathBuf>,
    pub turns: Turns,
}

/// How often something is measured, and on which PostgreSQL.
#[derive(Debug, PartialEq, Eq)]
pub struct Turns {
    /// At least one.
    pub runs: usize,
    /// Any that can be had, without it.
    pub postgres: Option<String>,
}

impl Turns {
    /// Takes `--runs N` and `--postgres MAJOR`; whether the argument was one of them.
    ///
    /// # Errors
    /// Its value is missing, or none.
    pub fn take<'a>(&mut self, argument: &str, mut rest: impl Iterator<Item = &'a &'a str>) -> Result<bool> {
        match argument {
            "--runs" => {
                let runs = rest.next().context("--runs needs a number")?;
                self.runs = runs.parse().with_context(|| format!("--runs {runs}"))?;
                ensure!(self.runs > 0, "--runs 0 measures nothing");
            }
            "--postgres" => {
                let major = rest.next().context("--postgres needs a major")?;
                self.postgres = Some((*major).to_owned());
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// The major, as an argument of groundline.
    pub fn postgres(&self) -> impl Iterator<Item = &str> {
        self.postgres.iter().flat_map(|major| ["--postgres", major.as_str()])
    }
}

impl Options {
    /// Reads `[FOLDER] [--runs N] [--postgres MAJOR]`.
    ///
    /// # Errors
    /// Another argument, or a value that is none.
    pub fn parse(arguments: &[&str]) -> Result<Self> {
        let mut options = Self { folder: None, turns: Turns { runs: 5, postgres: None } };
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            match *argument {
                turns if options.turns.take(turns, &mut arguments)? => {}
                folder if !folder.starts_with('-') && options.folder.is_none() => {
                    options.folder = Some(folder.into());
                }
                other => bail!("unknown argument {other}"),
            }
        }
        Ok(options)
    }

    /// The folder of migrations; without one, the example's.
    ///
    /// # Errors
    /// There is no such folder.
    pub fn folder(&self, root: &Path) -> Result<PathBuf> {
        let folder = self.folder.clone().unwrap_or_else(|| root.join("examples/orders-axum/migrations"));
        folder.canonicalize().with_context(|| folder.display().to_string())
    }
}

/// Measures, and prints a table on stdout.
///
/// # Errors
/// Something can't be built or started, or one of the two can't drill the folder at all.
pub fn run(root: &Path, options: &Options) -> Result<()> {
    let groundline = build(root, "release")?;
    let folder = options.folder(root)?;
    let (mut ours, mut scripts) = (Vec::new(), Vec::new());
    for turn in 1..=options.turns.runs {
        eprintln!("bench: run {turn} of {}", options.turns.runs);
        ours.push(measure::run(&mut drill(&groundline, &folder, options))?);
        scripts.push(measure::run(&mut script(root, &groundline, &folder, options))?);
    }
    println!("{}: {} runs of each, in turn", folder.display(), options.turns.runs);
    print_times(&ours, &scripts);
    print_verdicts(&verdicts::of_json(&ours[0].output)?, &verdicts::of_lines(&scripts[0].output)?);
    Ok(())
}

/// `groundline drill` of the folder, as JSON.
pub fn drill(groundline: &Path, folder: &Path, options: &Options) -> Command {
    let mut command = Command::new(groundline);
    command.arg("drill").arg(folder).args(["--format", "json"]).args(options.turns.postgres());
    command
}

/// The script that does the same, on a server of its own.
pub fn script(root: &Path, groundline: &Path, folder: &Path, options: &Options) -> Command {
    let mut command = Command::new(groundline);
    command.args(["postgres", "run"]).args(options.turns.postgres()).arg("--");
    command.arg(root.join("benches/drill-with-pg_dump.sh")).arg(folder);
    command
}

/// Runs a verb of ours again, on a server that is started for it.
///
/// # Errors
/// It can't be started, or the verb fails there.
pub fn inside(groundline: &Path, turns: &Turns, verb: &str, arguments: &[&str]) -> Result<()> {
    let mut inside = Command::new(groundline);
    inside.args(["postgres", "run"]).args(turns.postgres());
    inside.arg("--").arg(std::env::current_exe()?).arg(verb).args(arguments);
    let status = inside.status().context("can't start a server")?;
    ensure!(status.success(), "the measurement ends with {status}");
    Ok(())
}

/// Runs psql on a database of that server.
///
/// # Errors
/// It can't be started, or ends with an error.
pub fn psql(database: &str, arguments: &[&str]) -> Result<()> {
    let status = psql_on(database).args(arguments).status().context("can't start psql")?;
    ensure!(status.success(), "psql ends with {status}");
    Ok(())
}

/// psql on a database of that server; it stops at the first error.
pub fn psql_on(database: &str) -> Command {
    let mut command = Command::new("psql");
    command.args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "--set=VERBOSITY=terse", "-d", database]);
    command
}

/// Builds groundline under a profile and gives its path.
///
/// # Errors
/// It does not build.
pub fn build(root: &Path, profile: &str) -> Result<PathBuf> {
    let output = Command::new(crate::cargo())
        .args([
            "build",
            "--profile",
            profile,
            "--package",
            "groundline",
            "--message-format",
            "json-render-diagnostics",
        ])
        .current_dir(root)
        .stderr(std::process::Stdio::inherit())
        .output()
        .context("can't start cargo")?;
    ensure!(output.status.success(), "groundline does not build");
    let messages = String::from_utf8(output.stdout)?;
    let executable = messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .find_map(|message| message["executable"].as_str().map(PathBuf::from));
    executable.context("cargo built no executable")
}

fn print_times(ours: &[Run], scripts: &[Run]) {
    let walls = |runs: &[Run]| runs.iter().map(|run| run.wall).collect::<Vec<_>>();
    let row = |name: &str, runs: &[Run]| {
        let (fastest, slowest) = (walls(runs).into_iter().min(), walls(runs).into_iter().max());
        println!(
            "  {name:<24} {:>9}  ({} to {})",
            seconds(measure::median(walls(runs))),
            seconds(fastest.unwrap_or_default()),
            seconds(slowest.unwrap_or_default()),
        );
    };
    row("groundline drill", ours);
    row("psql and pg_dump", scripts);
    let ratio = measure::median(walls(scripts)).as_secs_f64() / measure::median(walls(ours)).as_secs_f64();
    println!("  {:<24} {ratio:>8.1}×  less wall time", "ratio of the medians");
    let peak = ours.iter().map(|run| run.peak).max().unwrap_or_default();
    println!("  {:<24} {:>6.1} MB  of groundline itself", "peak memory", peak as f64 / 1e6);
}

fn seconds(wall: Duration) -> String {
    format!("{:.3} s", wall.as_secs_f64())
}

fn print_verdicts(ours: &[Drilled], scripts: &[Drilled]) {
    let differing = verdicts::differing(ours, scripts);
    let all = ours.len().max(scripts.len());
    println!("  {:<24} {:>9}  of {all}", "equal verdicts", all - differing.len());
    for line in differing {
        println!("    {line}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_options() {
        let options = Options::parse(&["some/folder", "--runs", "3", "--postgres", "18"]).unwrap();
        assert_eq!((options.turns.runs, options.turns.postgres.as_deref()), (3, Some("18")));
        assert_eq!(options.folder.as_deref(), Some(Path::new("some/folder")));
        for wrong in [&["--runs"][..], &["--runs", "0"], &["--fast"], &["a", "b"]] {
            assert!(Options::parse(wrong).is_err(), "{wrong:?}");
        }
    }
}
