//! `cargo xtask bench-upgrade`: a history applied to a new database by `groundline upgrade`, against one psql session that
//! replays the same files in the same transactions, in turn: the limit.
//! Out: measuring one command (`measure`), the drill (`bench`).

use crate::bench::{self, Options, psql};
use crate::measure::{self, Run};
use anyhow::{Context, Result};
use serde_json::Value;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Databases that are made anew for each run.
const DATABASES: [&str; 2] = ["bench_upgrade_psql", "bench_upgrade_groundline"];

/// Measures with the server of `PGHOST`, or starts one and does it there. Prints a table on stdout.
///
/// # Errors
/// Something can't be built or started, psql is not on PATH, or a revision does not run.
pub fn run(root: &Path, options: &Options, arguments: &[&str]) -> Result<()> {
    let groundline = bench::build(root, "dist")?;
    if std::env::var_os("PGHOST").is_none() {
        return bench::inside(&groundline, &options.turns, "bench-upgrade", arguments);
    }
    let folder = options.folder(root)?;
    let revisions = revisions(&groundline, &folder)?;
    let script = tempfile::NamedTempFile::new()?;
    std::fs::write(&script, replay(&revisions))?;
    let (mut replayed, mut upgraded) = (Vec::new(), Vec::new());
    for _ in 0..options.turns.runs {
        for database in DATABASES {
            psql("postgres", &["-c", &format!("DROP DATABASE IF EXISTS {database}")])?;
            psql("postgres", &["-c", &format!("CREATE DATABASE {database} TEMPLATE template0")])?;
        }
        replayed.push(measure::run(bench::psql_on(DATABASES[0]).arg("-f").arg(script.path()))?);
        let mut command = Command::new(&groundline);
        let url = format!("postgresql:///{}", DATABASES[1]);
        command.args(["upgrade", "--url", &url, "--project"]).arg(&folder);
        upgraded.push(measure::run(&mut command)?);
    }
    print(&folder, revisions.len(), &replayed, &upgraded);
    Ok(())
}

/// A revision's file, and whether it runs outside of a transaction.
struct Revision {
    file: PathBuf,
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
        Ok(Revision { file, outside })
    };
    revisions.iter().map(revision).collect()
}

/// What psql runs: each file in a transaction of its own, unless it takes none.
fn replay(revisions: &[Revision]) -> String {
    revisions.iter().fold(String::new(), |mut script, Revision { file, outside }| {
        let (begin, commit) = if *outside { ("", "") } else { ("BEGIN;\n", "COMMIT;\n") };
        let _ = write!(script, "{begin}\\i '{}'\n{commit}", file.display());
        script
    })
}

fn print(folder: &Path, revisions: usize, replayed: &[Run], upgraded: &[Run]) {
    let median = |runs: &[Run]| measure::median(runs.iter().map(|run| run.wall).collect()).as_secs_f64();
    let (psql, ours) = (median(replayed), median(upgraded));
    println!("{}: {revisions} revisions, {} runs of each, in turn", folder.display(), replayed.len());
    println!("  psql, one session     {:>8.1} ms", psql * 1_000.0);
    println!("  groundline upgrade    {:>8.1} ms  {:.2}× of psql's time", ours * 1_000.0, ours / psql);
}
