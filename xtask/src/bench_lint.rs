//! `cargo xtask bench-lint`: `groundline lint` on many scripts against `squawk` on the same, in turn.
//! Out: measuring one command (`measure`). Called by people.

use crate::bench::{self, Options};
use crate::measure::{self, Run};
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// Runs before those that count.
const WARM: usize = 1;

/// Measures on the scripts below a folder. Prints the ratios on stdout.
///
/// # Errors
/// Groundline can't be built, the folder has no scripts, or a program fails.
pub fn run(root: &Path, options: &Options) -> Result<()> {
    let groundline = bench::build(root, "dist")?;
    let folder = options.folder(root)?;
    let mut scripts = Vec::new();
    collect(&folder, &mut scripts)?;
    if scripts.is_empty() {
        bail!("{} has no scripts", folder.display());
    }
    let lint = || {
        let mut command = Command::new(&groundline);
        command.args(["lint", "--format", "json"]).args(&scripts);
        command
    };
    let squawk = || {
        let mut command = Command::new("squawk");
        command.args(["--reporter", "json"]).args(&scripts);
        command
    };
    let number = scripts.len();
    let is_here = Command::new("squawk").arg("--version").output().is_ok();
    let peer = is_here.then_some(&squawk as &dyn Fn() -> Command);
    let (own, theirs) = in_turn(options.turns.runs, &lint, peer)?;
    println!("lint of {number} scripts: {own:?}");
    match theirs {
        Some(theirs) => {
            println!("squawk on the same: {theirs:?}; lint takes {:.2} of it", ratio(own, theirs));
        }
        None => println!("squawk is not on PATH: no comparison"),
    }
    Ok(())
}

/// The medians of two commands, run one after the other.
fn in_turn(
    runs: usize,
    own: &dyn Fn() -> Command,
    peer: Option<&dyn Fn() -> Command>,
) -> Result<(Duration, Option<Duration>)> {
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for round in 0..runs + WARM {
        let Run { wall, .. } = measure::run(&mut own())?;
        let other = peer.map(|peer| measure::run(&mut peer())).transpose()?;
        if round >= WARM {
            ours.push(wall);
            theirs.extend(other.map(|other| other.wall));
        }
    }
    Ok((measure::median(ours), peer.map(|_| measure::median(theirs))))
}

fn ratio(own: Duration, other: Duration) -> f64 {
    own.as_secs_f64() / other.as_secs_f64().max(f64::EPSILON)
}

fn collect(folder: &Path, scripts: &mut Vec<PathBuf>) -> Result<()> {
    let entries = std::fs::read_dir(folder).with_context(|| format!("can't read {}", folder.display()))?;
    for entry in entries.flatten() {
        let path = entry.path();
        match path.is_dir() {
            true => collect(&path, scripts)?,
            false if path.extension().is_some_and(|end| end == "sql") => scripts.push(path),
            false => {}
        }
    }
    scripts.sort();
    Ok(())
}
