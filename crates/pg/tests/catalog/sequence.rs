//! Versions of a schema in a row, as a project's history has them: from each to the one that comes next (or
//! `GROUNDLINE_APART` versions later) by statements. `cargo xtask sequence` writes the versions out of a repository into
//! the folder that `GROUNDLINE_SEQUENCE` names; without it there is nothing to try. With `GROUNDLINE_ROWS` the statements
//! meet a row in every table.

use crate::pairs::{Outcome, State, lead};
use crate::rows::{self, Filled};
use crate::support::{Database, Shelf, create, server};
use groundline_pg::restore::{self, Options};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

#[tokio::test(flavor = "multi_thread")]
async fn each_version_becomes_the_next_one() {
    let Some(folder) = std::env::var_os("GROUNDLINE_SEQUENCE") else { return };
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<usize>().ok());
    let (apart, most) =
        (number("GROUNDLINE_APART").unwrap_or(1), number("GROUNDLINE_MOST").unwrap_or(usize::MAX));
    let files = files(Path::new(&folder));
    let mut versions: BTreeMap<usize, (Shelf, State)> = BTreeMap::new();
    let (mut solved, mut tried, mut filled) = (0, 0, Filled::default());
    let (mut announced, mut refused, mut wrong) = (Vec::new(), Vec::new(), Vec::new());
    for (at, file) in files.iter().enumerate() {
        let Some(database) = restored(file).await else { continue };
        let state = State::of(&database).await;
        if let Some((shelf, before)) = at.checked_sub(apart).and_then(|at| versions.remove(&at)) {
            let copy = shelf.copy().await;
            let pair = format!("{} to {}", name(&files[at - apart]), name(file));
            tried += 1;
            match lead(&copy, &before, &state).await {
                Outcome::Solved => solved += 1,
                Outcome::Announced(what) => announced.push(format!("{pair}: {what}")),
                Outcome::Refused(why) => refused.push(format!("{pair}: {why}")),
                Outcome::Wrong(why) => wrong.push(format!("{pair}: {why}")),
            }
            crate::support::remove(copy).await;
            shelf.remove().await;
        }
        let Filled { with, without } = rows::fill(&database).await;
        filled.with += with;
        filled.without.extend(without.into_iter().map(|table| format!("{}: {table}", name(file))));
        versions.insert(at, (database.shelve().await, state));
        if tried >= most {
            break;
        }
    }
    for (_, (shelf, _)) in versions {
        shelf.remove().await;
    }
    filled.without.iter().for_each(|table| eprintln!("no row: {table}"));
    announced.iter().for_each(|line| eprintln!("announced: {line}"));
    refused.iter().for_each(|line| eprintln!("refused: {line}"));
    eprintln!("tables with a row: {}, without one: {}", filled.with, filled.without.len());
    eprintln!(
        "{tried} pairs, {apart} apart: {solved} solved, {} solved after what was announced, {} refused, {} wrong",
        announced.len(),
        refused.len(),
        wrong.len()
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("the folder of versions").flatten();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    files.sort();
    files
}

fn name(file: &Path) -> String {
    file.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// A version that this server takes; some need a newer one, or an extension that is not there.
async fn restored(file: &Path) -> Option<Database> {
    let database = create().await;
    let programs = |program: &str| server().program(program);
    let done = restore::restore(&database.client, &programs, file, Options { create_roles: true }).await;
    if let Err(fault) = done {
        eprintln!("not restored: {}: {}", name(file), fault.what);
        crate::support::remove(database).await;
        return None;
    }
    Some(database)
}
