//! `cargo xtask soak`: the upgrades that are killed and contended, many times over.
//! Out: the tests themselves (`crates/cli/tests/program/soak*.rs`), which do a sample of each without it.

use anyhow::{Context as _, Result, bail};
use std::path::Path;
use std::process::Command;

/// How many of each.
pub struct Options {
    kills: u32,
    rounds: u32,
}

impl Options {
    /// Reads `--kills N` and `--rounds N`.
    pub fn parse(arguments: &[&str]) -> Result<Self> {
        let mut options = Self { kills: 300, rounds: 200 };
        for pair in arguments.chunks(2) {
            match pair {
                ["--kills", number] => options.kills = number.parse().context("--kills wants a number")?,
                ["--rounds", number] => options.rounds = number.parse().context("--rounds wants a number")?,
                _ => bail!("not an option of soak: {}", pair.join(" ")),
            }
        }
        Ok(options)
    }
}

/// Runs them, one after the other: each measures time.
pub fn run(root: &Path, options: &Options) -> Result<()> {
    let mut tests = Command::new(crate::cargo());
    tests.current_dir(root).args(["test", "--package", "groundline", "--test", "program", "soak"]);
    tests.args(["--", "--test-threads", "1", "--nocapture"]);
    tests.env("GROUNDLINE_SOAK_KILLS", options.kills.to_string());
    tests.env("GROUNDLINE_SOAK_ROUNDS", options.rounds.to_string());
    tests.env("GROUNDLINE_SOAK_RULED", (options.rounds / 4).max(1).to_string());
    match tests.status().context("cargo can't be run")?.success() {
        true => Ok(()),
        false => bail!("the soak found something"),
    }
}
