//! The PostgreSQL that is installed on this machine: PATH, `pg_config`, and the folders in which Debian, RPM
//! distributions, Alpine, Homebrew, Postgres.app and EDB put one major beside another.
//! Out: Groundline's own cache. Called by `resolve` and `survey`.

use super::installation::Installation;
use super::wanted::Source;
use groundline_core::{Major, Result};
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Folders of a major's programs, with `{}` for the major.
const FOLDERS: [&str; 12] = [
    "/usr/lib/postgresql/{}/bin",
    "/usr/pgsql-{}/bin",
    "/usr/lib/postgresql{}/bin",
    "/usr/libexec/postgresql{}",
    "/usr/lib64/pgsql-{}/bin",
    "/opt/homebrew/opt/postgresql@{}/bin",
    "/usr/local/opt/postgresql@{}/bin",
    "/home/linuxbrew/.linuxbrew/opt/postgresql@{}/bin",
    "/Applications/Postgres.app/Contents/Versions/{}/bin",
    "/Library/PostgreSQL/{}/bin",
    "/opt/PostgreSQL/{}/bin",
    "/opt/local/lib/postgresql{}/bin",
];

/// Installed servers of a major, or of every supported one (the newest first), where they run.
pub(crate) fn installed(major: Option<Major>) -> Vec<Installation> {
    let mut found: Vec<Installation> =
        inspected(major).into_iter().filter_map(|(_, found)| found.ok()).collect();
    // Stable: among equals the one that PATH names first stays first.
    found.sort_by_key(|found| std::cmp::Reverse(found.version));
    found
}

/// Every folder with a `postgres` program, and what it said of itself; those of other majors are left out.
pub(crate) fn inspected(major: Option<Major>) -> Vec<(PathBuf, Result<Installation>)> {
    let inspected = folders(major).into_iter().map(|bin| {
        let found = Installation::inspect(&bin, Source::Installed { path: bin.clone() });
        (bin, found)
    });
    let is_wanted = |found: &Installation| {
        found.supported_major().is_some_and(|its| major.is_none_or(|wanted| its == wanted))
    };
    inspected.filter(|(_, found)| found.as_ref().map_or(true, is_wanted)).collect()
}

/// Candidates without repetition, links resolved.
fn folders(major: Option<Major>) -> Vec<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let mut candidates: Vec<PathBuf> =
        env::split_paths(&path).filter_map(|folder| real_folder(&folder.join("postgres"))).collect();
    candidates.extend(pg_config());
    for known in Major::SUPPORTED.into_iter().filter(|known| major.is_none_or(|wanted| wanted == *known)) {
        candidates.extend(FOLDERS.iter().map(|folder| folder.replace("{}", &known.to_string()).into()));
    }
    let mut folders: Vec<PathBuf> = Vec::new();
    for candidate in candidates {
        let Some(folder) = real_folder(&candidate.join("postgres")) else { continue };
        if !folders.contains(&folder) {
            folders.push(folder);
        }
    }
    folders
}

/// Programs on PATH are often links into the folder where the others are.
fn real_folder(program: &Path) -> Option<PathBuf> {
    Some(program.canonicalize().ok()?.parent()?.to_owned())
}

fn pg_config() -> Option<PathBuf> {
    let output = Command::new("pg_config").arg("--bindir").output().ok()?;
    let folder = String::from_utf8(output.stdout).ok()?;
    Some(folder.trim().into()).filter(|_| output.status.success())
}
