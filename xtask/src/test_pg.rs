//! All tests against one major of PostgreSQL, or against each supported one in turn.
//! Out: having a PostgreSQL; `groundline postgres` finds or fetches it.
//! Called by `main`.

use crate::cargo;
use anyhow::{Context, Result, bail, ensure};
use std::fs::{self, File};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

/// The supported majors, as in `groundline_core::Major`.
const MAJORS: RangeInclusive<u16> = 14..=18;

/// Runs all tests on a major. Fails at once where it can't be had.
pub fn one(root: &Path, major: &str) -> Result<()> {
    let known = major.parse().is_ok_and(|major: u16| MAJORS.contains(&major));
    ensure!(known, "{major} is not a supported major version of PostgreSQL, which are 14 to 18");
    if !at_hand(root, major).status().context("can't start cargo")?.success() {
        bail!("PostgreSQL {major} can't be had: nothing was tested");
    }
    if !tests(root, major).status().context("can't start cargo")?.success() {
        bail!("the tests fail on PostgreSQL {major}");
    }
    Ok(())
}

/// Runs all tests on each supported major. Prints one line a major; what is said goes to a log.
pub fn all(root: &Path) -> Result<()> {
    let logs = target(root).join("test-pg");
    fs::create_dir_all(&logs).with_context(|| format!("can't make {}", logs.display()))?;
    let mut bad = Vec::new();
    for major in MAJORS {
        let (name, log) = (major.to_string(), logs.join(format!("{major}.log")));
        let started = Instant::now();
        let verdict = match logged(at_hand(root, &name), &log, File::create)? {
            false => "not run: it can't be had",
            true => match logged(tests(root, &name), &log, |log| File::options().append(true).open(log))? {
                true => "passed",
                false => "failed",
            },
        };
        println!("{major}  {verdict}  {} s  {}", started.elapsed().as_secs(), log.display());
        if verdict != "passed" {
            bad.push(name);
        }
    }
    ensure!(bad.is_empty(), "not passed on PostgreSQL {}", bad.join(", "));
    Ok(())
}

/// Starts and stops a server of the major: installed, from the cache, or fetched now.
fn at_hand(root: &Path, major: &str) -> Command {
    let mut command = Command::new(cargo());
    command.args(["run", "--quiet", "--package", "groundline", "--", "postgres", "run", "--postgres", major]);
    command.args(["--", "true"]).current_dir(root);
    command
}

fn tests(root: &Path, major: &str) -> Command {
    let mut command = Command::new(cargo());
    command.args(["test", "--workspace", "--no-fail-fast"]).current_dir(root);
    command.env("GROUNDLINE_POSTGRES", major);
    command
}

/// Whether a command succeeds that speaks into a log.
fn logged(mut command: Command, log: &Path, open: fn(PathBuf) -> std::io::Result<File>) -> Result<bool> {
    let file = open(log.to_owned()).with_context(|| format!("can't write {}", log.display()))?;
    let again = file.try_clone().context("can't write a log twice")?;
    let status = command.stdin(Stdio::null()).stdout(file).stderr(again).status();
    Ok(status.context("can't start cargo")?.success())
}

pub fn target(root: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from)
}
