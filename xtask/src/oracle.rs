//! `cargo xtask oracle`: the catalog's fingerprints and the drill's verdicts against those of psql and `pg_dump`, over
//! the history of a folder. It measures nothing, and fails where the two disagree.
//! Out: running the two (`bench`), comparing them (`verdicts`). Called by `main`.

use crate::bench::{self, Options};
use crate::{measure, verdicts};
use anyhow::{Result, ensure};
use std::path::Path;

/// Runs both once, and prints where they disagree on stdout.
///
/// # Errors
/// They disagree; something can't be built or started, or one of the two can't drill the folder at all.
pub fn run(root: &Path, options: &Options) -> Result<()> {
    let groundline = bench::build(root, "dev")?;
    let folder = options.folder(root)?;
    eprintln!("oracle: groundline drill");
    let ours = measure::run(&mut bench::drill(&groundline, &folder, options))?;
    eprintln!("oracle: psql and pg_dump");
    let scripts = measure::run(&mut bench::script(root, &groundline, &folder, options))?;
    let (ours, scripts) = (verdicts::of_json(&ours.output)?, verdicts::of_lines(&scripts.output)?);
    let found = [verdicts::differing(&ours, &scripts), verdicts::other_states(&ours, &scripts)].concat();
    println!("{}: {} revisions, {} disagreements", folder.display(), scripts.len(), found.len());
    found.iter().for_each(|line| println!("  {line}"));
    ensure!(found.is_empty(), "groundline and pg_dump disagree");
    Ok(())
}
