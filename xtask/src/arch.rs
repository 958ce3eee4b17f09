//! `cargo xtask arch`: crates and files are as ARCHITECTURE.md and CONTRIBUTING.md say.
//! Out: the graph itself (`graph`), and what rustfmt and clippy see.
//! Called by `main`.

use crate::graph::{self, Member, Room};
use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A file with more lines than this has more than one subject.
const MAX_LINES: usize = 400;
/// The lines of `//!` with which a library says what is in, what is out, who calls it.
const LIBRARY_LINES: usize = 3;
/// Folders with Rust code.
const FOLDERS: [&str; 3] = ["crates", "xtask", "examples"];

/// Checks the workspace at `root`.
///
/// # Errors
/// There are findings (printed on stdout), or something can't be read.
pub fn check(root: &Path) -> Result<()> {
    let page = fs::read_to_string(root.join("ARCHITECTURE.md")).context("can't read ARCHITECTURE.md")?;
    let rooms = graph::rooms(&page)?;
    let members = graph::members(&metadata(root)?)?;
    let mut findings = graph::findings(&rooms, &members);
    findings.extend(wet_findings(&rooms, &members));
    let mut files = Vec::new();
    for folder in FOLDERS {
        rust_files(&root.join(folder), &mut files)?;
    }
    files.sort();
    for file in &files {
        let text = fs::read_to_string(file).with_context(|| format!("can't read {}", file.display()))?;
        let name = file.strip_prefix(root).unwrap_or(file);
        findings.extend(file_findings(name, &text));
    }
    for finding in &findings {
        println!("{finding}");
    }
    if !findings.is_empty() {
        bail!("{} findings", findings.len());
    }
    eprintln!("arch: {} crates and {} files are as ARCHITECTURE.md says", members.len(), files.len());
    Ok(())
}

fn metadata(root: &Path) -> Result<Value> {
    let output = Command::new(crate::cargo())
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .current_dir(root)
        .output()
        .context("can't start cargo")?;
    ensure!(output.status.success(), "cargo metadata fails: {}", String::from_utf8_lossy(&output.stderr));
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// A wet crate, and no other, has a `clippy.toml` of its own, without the bans of the root's.
fn wet_findings(rooms: &[Room], members: &[Member]) -> Vec<String> {
    let of_its_own = |room: &Room| {
        let member = members.iter().find(|member| member.name == room.name);
        member.is_some_and(|member| Path::new(&member.folder).join("clippy.toml").exists())
    };
    let finding = |room: &Room| match (room.wet, of_its_own(room)) {
        (true, false) => Some(format!("{} is wet and has no clippy.toml", room.name)),
        (false, true) => Some(format!("{} is dry and has a clippy.toml of its own", room.name)),
        _ => None,
    };
    rooms.iter().filter_map(finding).collect()
}

/// Collects the `.rs` files under a folder that git would see. The input of a case is not ours to judge: the
/// folders named `project` below `tests`.
fn rust_files(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("can't read {}", folder.display()))? {
        let path = entry?.path();
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        let of_a_case = path.ends_with("project") && path.iter().any(|part| part == "tests");
        if path.is_dir() && !hidden && !of_a_case && !path.ends_with("target") {
            rust_files(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    Ok(())
}

fn file_findings(name: &Path, text: &str) -> Vec<String> {
    let mut findings = Vec::new();
    let head = text.lines().take_while(|line| line.starts_with("//!")).count();
    if head == 0 {
        findings
            .push(format!("{}:1: does not begin with `//!`: say what is in and what is out", name.display()));
    } else if name.ends_with("src/lib.rs") && head < LIBRARY_LINES {
        findings.push(format!(
            "{}:1: begins with {head} lines of `//!`, not {LIBRARY_LINES}: what is in, what is out, who calls it",
            name.display()
        ));
    }
    let lines = text.lines().count();
    if lines > MAX_LINES {
        findings
            .push(format!("{}: {lines} lines, more than {MAX_LINES}: split it by subject", name.display()));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_at_the_head_of_a_file() {
        let of = |name: &str, text: &str| file_findings(Path::new(name), text).len();
        assert_eq!(of("a/src/other.rs", "//! One.\nfn main() {}\n"), 0);
        assert_eq!(of("a/src/other.rs", "fn main() {}\n"), 1);
        assert_eq!(of("a/src/lib.rs", "//! One.\n//! Two.\n"), 1);
        assert_eq!(of("a/src/lib.rs", "//! One.\n//! Two.\n//! Three.\n"), 0);
    }

    #[test]
    fn leaves_the_input_of_cases_alone() {
        let mut files = Vec::new();
        rust_files(crate::root(), &mut files).unwrap();
        let in_cases = |file: &&PathBuf| file.iter().any(|part| part == "project");
        assert_eq!(files.iter().find(in_cases), None);
        assert!(files.iter().any(|file| file.ends_with("xtask/src/arch.rs")));
    }

    #[test]
    fn counts_lines() {
        let lines = |count: usize| format!("//! One.\n{}", "x\n".repeat(count - 1));
        assert_eq!(file_findings(Path::new("a.rs"), &lines(MAX_LINES)).len(), 0);
        assert_eq!(
            file_findings(Path::new("a.rs"), &lines(MAX_LINES + 1)),
            ["a.rs: 401 lines, more than 400: split it by subject"]
        );
    }
}
