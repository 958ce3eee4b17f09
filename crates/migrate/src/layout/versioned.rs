//! Names of the form `V1.2__name.sql`, which Flyway and refinery share.
//! Out: which prefixes and versions each of them takes.
//! Called by those two layouts.

use super::listing::Listing;
use super::scaffold::{self, Asked, NewFile, Style};
use std::cmp::Ordering;
use std::path::Path;

/// A name, split.
pub struct Versioned<'a> {
    /// The letter it begins with.
    pub prefix: char,
    /// What is between the letter and `__`.
    pub version: &'a str,
    /// What is after `__`.
    pub name: &'a str,
    /// What is after the last dot.
    pub extension: &'a str,
}

/// Splits a file's name; none unless it begins with one of the letters, holds `__` and has an extension.
pub fn split(file: &Path) -> Option<Versioned<'_>> {
    let (stem, extension) = file.file_name()?.to_str()?.rsplit_once('.')?;
    let prefix = stem.chars().next().filter(|letter| "VURB".contains(*letter))?;
    let (version, name) = stem[1..].split_once("__")?;
    let is_version = |c: char| c.is_ascii_digit() || matches!(c, '.' | '_');
    let fits = match prefix {
        'R' => version.is_empty(),
        _ => !version.is_empty() && version.chars().all(is_version),
    };
    fits.then_some(Versioned { prefix, version, name, extension })
}

/// How many of the folder's SQL files, those of its sub folders included, begin with one of the letters.
/// Sub folders count only where the folder itself has no SQL file: then they are searched, as both tools do.
pub fn claims(folder: &Listing, prefixes: &str) -> usize {
    let counts = |file: &Path| {
        split(file).is_some_and(|found| prefixes.contains(found.prefix) && is_sql(found.extension))
    };
    folder.files().iter().filter(|file| counts(Path::new(file))).count()
}

/// Whether an extension is SQL's; Flyway takes it in any case.
pub fn is_sql(extension: &str) -> bool {
    extension.eq_ignore_ascii_case("sql")
}

/// Compares versions part by part as numbers of any length; missing parts are 0.
pub fn compare(a: &str, b: &str) -> Ordering {
    let parts = |version: &str| {
        let mut parts: Vec<(usize, String)> = Vec::new();
        for part in version.split(['.', '_']).filter(|part| !part.is_empty()) {
            let digits = part.trim_start_matches('0');
            parts.push((digits.len(), digits.to_owned()));
        }
        while parts.last().is_some_and(|(length, _)| *length == 0) {
            parts.pop();
        }
        parts
    };
    parts(a).cmp(&parts(b))
}

/// A new script beside the newest one: the last part of its version is the next, written as those before it.
pub fn new_file(asked: &Asked<'_>, prefix: char, text: String) -> NewFile {
    let versions: Vec<&str> =
        asked.revisions.iter().filter_map(|one| split(&one.up.file)).map(|name| name.version).collect();
    let newest = versions.iter().copied().max_by(|a, b| compare(a, b)).unwrap_or_default();
    let before = newest.rfind(['.', '_']).map_or("", |at| &newest[..=at]);
    let parts: Vec<String> =
        versions.iter().filter_map(|version| version.strip_prefix(before)).map(str::to_owned).collect();
    let parts: Vec<String> =
        parts.into_iter().filter(|part| part.bytes().all(|byte| byte.is_ascii_digit())).collect();
    let next = scaffold::next(&parts, Style::Sequence(1), asked.now);
    let name = format!("{prefix}{before}{next}__{}.sql", asked.name);
    let folder = asked.last().and_then(|last| last.up.file.parent()).unwrap_or(Path::new(""));
    NewFile { path: folder.join(name), text }
}
