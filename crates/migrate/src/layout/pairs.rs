//! Numbered files that may come in pairs: versions, groups by version, duplicates.
//! Out: how a tool reads a file's name (the layouts).
//! Called by the layouts with numbered files.

use super::down;
use super::listing::Listing;
use super::notes::Notes;
use super::source::Source;
use crate::history::{Revision, Transaction};
use groundline_core::{Fault, Result};
use std::collections::BTreeMap;

/// Which way a file goes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Up.
    Up,
    /// Down.
    Down,
}

/// A file that a tool takes for a migration.
pub struct Numbered<'a> {
    /// The number before the name.
    pub version: u64,
    /// The name, without number and suffix.
    pub name: &'a str,
    /// The file.
    pub file: &'a str,
    /// Which way it goes.
    pub direction: Direction,
}

/// The files of one version.
#[derive(Default)]
struct Group<'a> {
    name: &'a str,
    up: Option<&'a str>,
    down: Option<&'a str>,
}

/// Splits `0042_name.sql` into digits and the rest after the first `_`.
pub fn numbered(file: &str) -> Option<(&str, &str)> {
    let (digits, rest) = file.split_once('_')?;
    (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some((digits, rest))
}

/// The number that a history table's `bigint` can hold.
///
/// # Errors
/// It does not fit.
pub fn bigint(folder: &Listing, file: &str, digits: &str) -> Result<u64> {
    digits.parse::<i64>().map(i64::unsigned_abs).map_err(|_| {
        let fault = Fault::new(format!("version {digits} does not fit into a bigint"));
        fault.at(folder.place(file)).why("the history table keeps the version as a 64-bit number")
    })
}

/// The fault for a version that two files claim.
pub fn duplicate(folder: &Listing, version: &str, first: &str, second: &str) -> Fault {
    Fault::new(format!("version {version} occurs twice"))
        .at(folder.place(second))
        .why(format!("{first} and {second} both claim it"))
        .next("give one of them another version")
}

/// The revisions of numbered files, in order of their numbers. `transaction` reads a file's mark.
///
/// # Errors
/// A version that occurs twice; a file that is not text.
pub fn revisions(
    folder: &Listing,
    files: Vec<Numbered<'_>>,
    notes: &mut Notes,
    transaction: impl Fn(&Source, &mut Notes) -> Transaction,
) -> Result<Vec<Revision>> {
    let mut groups: BTreeMap<u64, Group<'_>> = BTreeMap::new();
    for Numbered { version, name, file, direction } in files {
        let group = groups.entry(version).or_default();
        let place = if direction == Direction::Up { &mut group.up } else { &mut group.down };
        if let Some(first) = place.replace(file) {
            return Err(duplicate(folder, &version.to_string(), first, file));
        }
        if direction == Direction::Up || group.name.is_empty() {
            group.name = name;
        }
    }
    let mut revisions = Vec::new();
    for (version, group) in groups {
        let Some(up) = group.up else {
            notes.add("a down without an up is left out", group.down.unwrap_or_default());
            continue;
        };
        let mut step = |file: &str| -> Result<_> {
            let source = folder.source(file)?;
            notes.source(&source);
            let transaction = transaction(&source, notes);
            Ok(source.whole(transaction))
        };
        let up = step(up)?;
        let down = group.down.map(&mut step).transpose()?;
        let down = down::of(&up, down);
        let name = group.name.to_owned();
        revisions.push(Revision { version: version.to_string(), name, repeatable: false, up, down });
    }
    Ok(revisions)
}
