//! `cargo xtask sequence`: the versions of a schema in a repository's history, each led to the next one by statements.
//! In: writing the versions out. Out: leading, which is a test of `groundline-pg` (`tests/catalog/sequence.rs`).
//! Called by `main` and `peers`.

use anyhow::{Context as _, Result, bail, ensure};
use std::path::{Path, PathBuf};
use std::process::Command;

/// What is tried.
#[derive(Debug, PartialEq, Eq)]
pub struct Options {
    /// A repository, or its git folder.
    repository: String,
    /// The schema's path in it.
    path: String,
    apart: usize,
    /// Which columns of a row in every table get a value; no rows where it is not said.
    rows: Option<String>,
}

impl Options {
    /// Reads `REPOSITORY PATH [APART] [--rows full|sparse]`.
    ///
    /// # Errors
    /// Another argument, or a value that is none.
    pub fn parse(arguments: &[&str]) -> Result<Self> {
        let [repository, path, rest @ ..] = arguments else {
            bail!("sequence needs a repository and a path")
        };
        let mut options =
            Self { repository: (*repository).to_owned(), path: (*path).to_owned(), apart: 1, rows: None };
        let mut rest = rest.iter();
        while let Some(argument) = rest.next() {
            match *argument {
                "--rows" => {
                    let which = rest.next().filter(|which| ["full", "sparse"].contains(which));
                    options.rows = Some((*which.context("--rows is full or sparse")?).to_owned());
                }
                apart => {
                    options.apart = apart.parse().with_context(|| format!("{apart} is no number"))?;
                }
            }
        }
        ensure!(options.apart > 0, "no pair is that");
        Ok(options)
    }
}

/// Runs it.
///
/// # Errors
/// A version can't be written, or statements are wrong.
pub fn run(root: &Path, options: &Options) -> Result<()> {
    let versions = tempfile::tempdir()?;
    let written = write(&options.repository, &options.path, versions.path())?.len();
    println!("{written} versions of {}", options.path);
    let status = Command::new(env!("CARGO"))
        .current_dir(root)
        .args(["test", "--quiet", "--release", "--package", "groundline-pg", "--test", "catalog", "--"])
        .args(["each_version", "--nocapture"])
        .env("GROUNDLINE_SEQUENCE", versions.path())
        .env("GROUNDLINE_APART", options.apart.to_string())
        .env("GROUNDLINE_ROWS", options.rows.as_deref().unwrap_or_default())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_options() {
        let options = Options::parse(&["r", "p", "20", "--rows", "full"]).unwrap();
        assert_eq!((options.apart, options.rows.as_deref()), (20, Some("full")));
        assert_eq!(Options::parse(&["r", "p"]).unwrap().rows, None);
        for wrong in [&["r"][..], &["r", "p", "0"], &["r", "p", "--rows"], &["r", "p", "--rows", "some"]] {
            assert!(Options::parse(wrong).is_err(), "{wrong:?}");
        }
    }
}
