//! `cargo xtask bench-upgrade`: a history applied to a new database by `groundline upgrade`, against one psql session that
//! replays the same files in the same transactions (the limit), and against the teams' own tools, in turn.
//! Out: measuring one command (`measure`), the tools (`peers`), the drill (`bench`).

mod peers;

use crate::bench::{self, Options, psql};
use crate::measure::{self, Run};
use anyhow::{Context, Result};
use peers::PEERS;
use serde_json::Value;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The database of the runner whose turn it is.
const DATABASE: &str = "bench_upgrade";

/// What is measured.
struct Runner<'a> {
    name: &'static str,
    command: Box<dyn Fn() -> Command + 'a>,
    /// Its runs, or why it has none.
    runs: Result<Vec<Run>>,
}

/// Measures with the server of `PGHOST`, or starts one and does it there. Prints a table on stdout.
///
/// # Errors
/// Something can't be built or started, psql is not on PATH, or psql or Groundline does not run a revision.
pub fn run(root: &Path, options: &Options, arguments: &[&str]) -> Result<()> {
    let groundline = bench::build(root, "dist")?;
    if std::env::var_os("PGHOST").is_none() {
        return bench::inside(&groundline, &options.turns, "bench-upgrade", arguments);
    }
    let folder = options.folder(root)?;
    let revisions = revisions(&groundline, &folder)?;
    let place = tempfile::tempdir()?;
    let script = place.path().join("replay.sql");
    std::fs::write(&script, replay(&revisions))?;
    let mut runners = vec![
        Runner::of("psql, one session", || {
            let mut command = bench::psql_on(DATABASE);
            command.arg("-f").arg(&script);
            command
        }),
        Runner::of("groundline upgrade", || {
            let mut command = Command::new(&groundline);
            let url = format!("postgresql:///{DATABASE}");
            command.args(["upgrade", "--url", &url, "--project"]).arg(&folder);
            command
        }),
    ];
    for peer in PEERS.iter().filter(|peer| peer.is_here()) {
        let folder = peer.write(place.path(), &revisions)?;
        runners.push(Runner::of(peer.program, move || peer.command(&folder, DATABASE)));
    }
    let mut kept = Kept(0);
    for _ in 0..options.turns.runs {
        runners.iter_mut().try_for_each(|runner| runner.run(&mut kept))?;
    }
    print(&folder, revisions.len(), runners)
}

/// The databases of the runs that ended, dropped when all have: a file system that dropped thousands of files makes new
/// ones slowly for minutes (ext4 passes over inodes that were freed not long ago), and would be measured in the runner's
/// place.
struct Kept(usize);

impl Kept {
    fn keep(&mut self) -> Result<()> {
        self.0 += 1;
        psql("postgres", &["-c", &format!("ALTER DATABASE {DATABASE} RENAME TO {DATABASE}_{}", self.0)])?;
        Ok(())
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        for number in 1..=self.0 {
            let drop = format!("DROP DATABASE {DATABASE}_{number} WITH (FORCE)");
            if let Err(error) = psql("postgres", &["-c", &drop]) {
                eprintln!("{DATABASE}_{number} is left: {error:#}");
            }
        }
    }
}

impl<'a> Runner<'a> {
    fn of(name: &'static str, command: impl Fn() -> Command + 'a) -> Self {
        Self { name, command: Box::new(command), runs: Ok(Vec::new()) }
    }

    /// One run on a new database.
    fn run(&mut self, kept: &mut Kept) -> Result<()> {
        let Ok(runs) = &mut self.runs else { return Ok(()) };
        psql("postgres", &["-c", &format!("DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")])?;
        psql("postgres", &["-c", &format!("CREATE DATABASE {DATABASE} TEMPLATE template0")])?;
        match measure::run(&mut (self.command)()) {
            Ok(run) => runs.push(run),
            Err(error) => self.runs = Err(error),
        }
        kept.keep()
    }
}

/// A revision's file and its text, and whether it runs outside of a transaction.
struct Revision {
    file: PathBuf,
    text: String,
    outside: bool,
}

fn revisions(groundline: &Path, folder: &Path) -> Result<Vec<Revision>> {
    let mut command = Command::new(groundline);
    let history = measure::run(command.arg("history").arg(folder).args(["--format", "json"]))?;
    let history: Value = serde_json::from_str(&history.output)?;
    let revisions = history["revisions"].as_array().context("history has revisions")?;
    let revision = |revision: &Value| {
        let file = folder.join(revision["file"].as_str().context("a revision has a file")?);
        let text = std::fs::read_to_string(&file).with_context(|| file.display().to_string())?;
        let outside = revision["outside"] == true || text.to_ascii_uppercase().contains("CONCURRENTLY");
        Ok(Revision { file, text, outside })
    };
    revisions.iter().map(revision).collect()
}

/// What psql runs: each file in a transaction of its own, unless it takes none.
fn replay(revisions: &[Revision]) -> String {
    revisions.iter().fold(String::new(), |mut script, Revision { file, outside, .. }| {
        let (begin, commit) = if *outside { ("", "") } else { ("BEGIN;\n", "COMMIT;\n") };
        let _ = write!(script, "{begin}\\i '{}'\n{commit}", file.display());
        script
    })
}

/// A line for each; psql's and Groundline's runs are wanted, a tool may stop at a revision.
fn print(folder: &Path, revisions: usize, runners: Vec<Runner<'_>>) -> Result<()> {
    let median = |runs: &[Run]| measure::median(runs.iter().map(|run| run.wall).collect()).as_secs_f64();
    let mut psql = None;
    println!("{}: {revisions} revisions, each runner in turn", folder.display());
    for Runner { name, runs, .. } in runners {
        let wall = match runs {
            Ok(runs) => median(&runs),
            Err(error) if PEERS.iter().any(|peer| peer.program == name) => {
                let error = format!("{error:#}");
                println!("  {name:<20} stopped: {}", error.lines().last().unwrap_or_default());
                continue;
            }
            Err(error) => return Err(error),
        };
        let limit = *psql.get_or_insert(wall);
        println!("  {name:<20} {:>8.1} ms  {:.2}× of psql's time", wall * 1_000.0, wall / limit);
    }
    Ok(())
}
