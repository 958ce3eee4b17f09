//! `cargo xtask sequence`: the versions of a schema in a repository's history, each led to the next one by statements.
//! In: writing the versions out. Out: leading, which is a test of `groundline-pg` (`tests/catalog/sequence.rs`).
//! Called by `main` and `peers`.

use anyhow::{Context as _, Result, ensure};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Runs it: a repository (or its git folder), the schema's path in it, and how many versions apart.
pub fn run(root: &Path, repository: &str, path: &str, apart: &str) -> Result<()> {
    let versions = tempfile::tempdir()?;
    let written = write(repository, path, versions.path())?.len();
    println!("{written} versions of {path}");
    let status = Command::new(env!("CARGO"))
        .current_dir(root)
        .args(["test", "--quiet", "--release", "--package", "groundline-pg", "--test", "catalog", "--"])
        .args(["each_version", "--nocapture"])
        .env("GROUNDLINE_SEQUENCE", versions.path())
        .env("GROUNDLINE_APART", apart)
        .status()?;
    ensure!(status.success(), "statements are wrong");
    Ok(())
}

/// Writes all versions of a file into a folder, in the order of their commits.
///
/// # Errors
/// There are not two of them.
pub fn write(repository: &str, path: &str, folder: &Path) -> Result<Vec<PathBuf>> {
    let commits = git(repository, &["log", "--reverse", "--format=%h", "--", path])?;
    let mut written = Vec::new();
    for (at, commit) in commits.lines().enumerate() {
        // A commit that removes the file has no version of it.
        let Ok(text) = git(repository, &["show", &format!("{commit}:{path}")]) else { continue };
        let file = folder.join(format!("{at:04}_{commit}.sql"));
        std::fs::write(&file, text)?;
        written.push(file);
    }
    ensure!(written.len() > 1, "{path} has {} versions in {repository}", written.len());
    Ok(written)
}

fn git(repository: &str, arguments: &[&str]) -> Result<String> {
    let output =
        Command::new("git").arg("-C").arg(repository).args(arguments).output().context("git runs")?;
    ensure!(
        output.status.success(),
        "git {}: {}",
        arguments.join(" "),
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).context("a version in UTF-8")
}
