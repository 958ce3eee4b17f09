//! diesel: a folder for each migration, with `up.sql` and, mostly, `down.sql`.
//!
//! Source: diesel-rs/diesel, `diesel_migrations/migrations_internals/src/lib.rs` (a migration's folder holds
//! `up.sql`; hidden and empty folders are passed over; the version is what comes before the first `_`, with
//! dashes removed; `run_in_transaction` has a serde default, so a `metadata.toml` without it says `false`,
//! while a missing or malformed one says `true`), `diesel_migrations/src/migration_harness.rs` (sorted by the
//! version as text, one migration a version) and `diesel/src/migration/setup_migration_table.sql`.

use super::notes::Notes;
use super::scaffold::{self, Asked, NewFile, Style};
use super::{Facts, Layout, Listing, Reading, Shape, down, pairs};
use crate::history::{Revision, Transaction};
use groundline_core::{Fault, Result};
use std::path::{Path, PathBuf};

const METADATA: &str = "metadata.toml";

/// diesel's folder.
pub struct Diesel;

impl Layout for Diesel {
    fn facts(&self) -> &'static Facts {
        &Facts {
            id: "diesel",
            title: "diesel",
            files: "`<version>_<name>/up.sql` with `down.sql` beside it",
            order: "by the version's text with dashes removed: 2024-01-02-030405 is 20240102030405",
            outside: "`run_in_transaction = false` in the migration's `metadata.toml`, for both ways",
            downs: "the file `down.sql` beside `up.sql`",
            table: "__diesel_schema_migrations",
            source: "diesel-rs/diesel: diesel_migrations/migrations_internals/src/lib.rs",
        }
    }

    fn shape(&self) -> Shape {
        Shape::Own
    }

    fn claims(&self, folder: &Listing) -> usize {
        let holds_up = |name: &&String| folder.folder().join(name).join("up.sql").is_file();
        folder.folders().iter().filter(holds_up).count()
    }

    fn read(&self, folder: &Listing) -> Result<Reading> {
        let mut notes = Notes::default();
        let mut revisions: Vec<(&str, Revision)> = Vec::new();
        for name in folder.folders() {
            let inner = Listing::of(&folder.folder().join(name))?;
            let has = |file: &str| inner.files().iter().any(|found| found == file);
            if has("up.sql") {
                revisions.push((name, revision(folder, name, has("down.sql"), &mut notes)?));
            } else if has("down.sql") {
                notes.add("a down without an up is left out", Path::new(name).join("down.sql"));
            } else if !(inner.files().is_empty() && inner.folders().is_empty()) {
                notes.add("a folder without up.sql is left out; diesel itself stops at it", name);
            }
        }
        for file in folder.sql_files() {
            notes.add("a file beside the folders of migrations is left out", file);
        }
        revisions.sort_by(|(_, a), (_, b)| a.version.cmp(&b.version));
        if let Some(twice) = revisions.windows(2).find(|pair| pair[0].1.version == pair[1].1.version) {
            return Err(pairs::duplicate(folder, &twice[0].1.version, twice[0].0, twice[1].0).next(
                "give one of them another version: diesel runs only one of the two, and not always the same",
            ));
        }
        let revisions = revisions.into_iter().map(|(_, revision)| revision).collect();
        Ok(Reading { revisions, graph: None, notes: notes.into_faults(folder) })
    }

    fn scaffold(&self, asked: &Asked<'_>) -> Result<Vec<NewFile>> {
        let is_dashed = |last: &Revision| {
            let folder = last.up.file.to_string_lossy();
            folder.split('_').next().is_some_and(|version| version.contains('-'))
        };
        let versions: Vec<String> = asked.revisions.iter().map(|revision| revision.version.clone()).collect();
        let mut version = scaffold::next(&versions, Style::Timestamp, asked.now);
        if version.len() == 14 && asked.last().is_none_or(is_dashed) {
            let (year, month, day) = (&version[..4], &version[4..6], &version[6..8]);
            version = format!("{year}-{month}-{day}-{}", &version[8..]);
        }
        let folder = PathBuf::from(format!("{version}_{}", asked.name));
        let file = |name: &str, text| NewFile { path: folder.join(name), text };
        let mut files = vec![file("up.sql", asked.up()), file("down.sql", asked.down())];
        if asked.is_outside() {
            files.push(file(METADATA, "run_in_transaction = false\n".to_owned()));
        }
        Ok(files)
    }
}

fn revision(folder: &Listing, name: &str, has_down: bool, notes: &mut Notes) -> Result<Revision> {
    let (version, title) = name.split_once('_').unwrap_or((name, ""));
    let version = version.replace('-', "");
    if version.len() > 50 {
        let fault = Fault::new(format!("version {version} is longer than 50 characters"));
        return Err(fault.at(folder.place(name)).why("diesel's history table keeps it as varchar(50)"));
    }
    let transaction = transaction(folder, name, notes);
    let mut step = |file: &str| -> Result<_> {
        let source = folder.source(Path::new(name).join(file))?;
        notes.source(&source);
        if source.text.is_empty() {
            notes.add("an empty file: diesel itself stops at it with an error", &source.file);
        }
        Ok(source.whole(transaction))
    };
    let up = step("up.sql")?;
    let down = if has_down { Some(step("down.sql")?) } else { None };
    let down = down::of(&up, down);
    Ok(Revision { version, name: title.to_owned(), repeatable: false, up, down })
}

fn transaction(folder: &Listing, name: &str, notes: &mut Notes) -> Transaction {
    let file = Path::new(name).join(METADATA);
    let Ok(text) = std::fs::read_to_string(folder.folder().join(&file)) else { return Transaction::Wrapped };
    let setting = match text.parse::<toml::Table>() {
        Ok(table) => table.get("run_in_transaction").map(toml::Value::as_bool),
        Err(_) => Some(None),
    };
    match setting {
        Some(Some(true)) => Transaction::Wrapped,
        Some(Some(false)) => Transaction::MarkedOutside,
        Some(None) => {
            notes.add(
                "metadata.toml cannot be read, so the migration runs in a transaction, as in diesel",
                file,
            );
            Transaction::Wrapped
        }
        None => {
            let what = "metadata.toml without `run_in_transaction` says `false` to diesel: the migration runs outside a transaction";
            notes.add(what, file);
            Transaction::MarkedOutside
        }
    }
}
