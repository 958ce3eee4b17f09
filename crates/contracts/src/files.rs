//! The files of a project that people wrote: what git would keep, without dependencies, builds and migrations.
//! Out: what is in them. Called by `owners` and `environment`.

use crate::Language;
use groundline_core::{Fault, Result};
use ignore::WalkBuilder;
use std::path::{Path, PathBuf};

/// Larger files are generated, or data.
const LARGEST: u64 = 1 << 20;

/// Folders of other people's code and of what tools make, also where no `.gitignore` says so.
const FOREIGN: &[&str] = &[
    "node_modules",
    "vendor",
    "target",
    "dist",
    "build",
    "venv",
    "site-packages",
    "__pycache__",
    "bower_components",
];

/// Files that tools write.
const GENERATED: &[&str] = &[
    "package-lock.json",
    "pnpm-lock.yaml",
    "composer.lock",
    ".min.js",
    ".pb.go",
    ".generated.ts",
    "_pb2.py",
];

/// Hidden files that say something.
const HIDDEN: &[&str] = &[".env", ".github", ".gitlab-ci.yml", ".sequelizerc"];

/// A file of a project.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// Below the project's folder.
    pub path: PathBuf,
    /// Its text.
    pub text: String,
    /// Whether its place or name says that only tests use it.
    pub is_test: bool,
}

impl SourceFile {
    /// What it is written in.
    pub fn languages(&self) -> &'static [Language] {
        Language::of(&self.path)
    }

    /// Its name without folders.
    pub fn name(&self) -> &str {
        self.path.file_name().and_then(|name| name.to_str()).unwrap_or_default()
    }
}

/// The files of a project, sorted; `.gitignore` counts, but `.env` files are in although they are mostly ignored.
///
/// # Errors
/// A folder that can't be read. A file that can't be, or is no text, is passed over.
pub fn source_files(project: &Path) -> Result<Vec<SourceFile>> {
    let mut paths = Vec::new();
    let walk = WalkBuilder::new(project)
        .hidden(false)
        .require_git(false)
        .filter_entry(|entry| {
            let name = entry.file_name().to_str().unwrap_or_default();
            let is_hidden = name.starts_with('.') && entry.depth() > 0;
            !(FOREIGN.contains(&name) || is_hidden && !HIDDEN.iter().any(|kept| name.starts_with(kept)))
        })
        .build();
    for entry in walk {
        let entry = entry.map_err(|error| Fault::new("could not read the project").why(error.to_string()))?;
        if entry.file_type().is_some_and(|kind| kind.is_file()) {
            paths.push(entry.into_path());
        }
    }
    // Ignored by git, and still what processes read.
    let beside = std::fs::read_dir(project).into_iter().flatten().flatten().map(|entry| entry.path());
    paths.extend(beside.filter(|path| is_dotenv(path) && path.is_file()));
    paths.sort();
    paths.dedup();
    Ok(paths.into_iter().filter_map(|path| read(project, &path)).collect())
}

/// Whether a file has lines of `NAME=value`.
pub(crate) fn is_dotenv(path: &Path) -> bool {
    path.file_name()
        .and_then(|name| name.to_str())
        .is_some_and(|name| name == ".env" || name.starts_with(".env."))
}

fn read(project: &Path, path: &Path) -> Option<SourceFile> {
    let is_generated = path.to_str().is_some_and(|path| GENERATED.iter().any(|end| path.ends_with(end)));
    let wanted = is_dotenv(path) || !Language::of(path).is_empty() && !is_generated;
    if !wanted || std::fs::metadata(path).ok()?.len() > LARGEST {
        return None;
    }
    let text = std::fs::read_to_string(path).ok()?;
    let path = path.strip_prefix(project).unwrap_or(path).to_owned();
    let is_test = is_test(&path);
    Some(SourceFile { path, text, is_test })
}

/// Whether a path is that of tests, by the customs of its language.
fn is_test(path: &Path) -> bool {
    const FOLDERS: &[&str] = &[
        "test",
        "tests",
        "spec",
        "specs",
        "__tests__",
        "__mocks__",
        "e2e",
        "testdata",
        "fixtures",
        "testing",
    ];
    let mut parts: Vec<&str> = path.iter().filter_map(|part| part.to_str()).collect();
    let name = parts.pop().unwrap_or_default();
    let stem = name.split('.').next().unwrap_or_default();
    parts.iter().any(|part| FOLDERS.contains(part))
        // What a CI runs is no start of the application.
        || parts.first() == Some(&".github")
        || name == ".gitlab-ci.yml"
        || name.starts_with("test_")
        || name == "conftest.py"
        || [".test.", ".spec.", ".e2e-spec."].iter().any(|part| name.contains(part))
        || ["_test", "_spec", "Test", "Tests", "IT", "_tests"]
            .iter()
            .any(|end| stem.len() > end.len() && stem.ends_with(end))
        || [".env.test", "application-test"].iter().any(|start| name.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_are_told_apart() {
        for test in [
            "tests/a.py",
            "src/x_test.go",
            "app/conftest.py",
            "a.spec.ts",
            "src/test/java/AppTest.java",
            ".github/workflows/ci.yml",
        ] {
            assert!(is_test(Path::new(test)), "{test}");
        }
        for code in ["app/main.py", "src/latest.go", "contest/a.py", "src/attestation.rs", "src/Test.java"] {
            assert!(!is_test(Path::new(code)), "{code}");
        }
    }
}
