//! refinery: `V<n>__name.sql` and `U<n>__name.sql`; no way down.
//!
//! Source: rust-db/refinery, `refinery_core/src/util.rs` (`^([U|V])(\d+(?:\.\d+)?)__(\w+)\.sql$`, sub folders
//! included; the version must then be a whole number), `refinery_core/src/runner.rs` (`U` is "unversioned":
//! applied in the order of numbers like `V`, but allowed to come late) and `refinery_core/src/traits/mod.rs`
//! (one row a version, table `refinery_schema_history`) with `refinery_core/src/drivers/postgres.rs` (each
//! script in a transaction). So `U` is no undo, as it is Flyway's.

use super::notes::Notes;
use super::scaffold::{Asked, NewFile};
use super::{Facts, Layout, Listing, Reading, Shape, down, pairs, versioned};
use crate::history::{Revision, Transaction};
use groundline_core::{Fault, Result};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// refinery's folder.
pub struct Refinery;

impl Layout for Refinery {
    fn facts(&self) -> &'static Facts {
        &Facts {
            id: "refinery",
            title: "refinery",
            files: "`V<n>__<name>.sql`; `U<n>__<name>.sql` may be applied late",
            order: "by the number, `V` and `U` together",
            outside: "no mark: every script runs in a transaction",
            downs: "none",
            table: "refinery_schema_history",
            source: "rust-db/refinery: refinery_core/src/util.rs, refinery_core/src/traits/mod.rs",
        }
    }

    fn shape(&self) -> Shape {
        Shape::Versioned
    }

    fn claims(&self, folder: &Listing) -> usize {
        versioned::claims(folder, "VU")
    }

    fn read(&self, folder: &Listing) -> Result<Reading> {
        let mut notes = Notes::default();
        let mut files: BTreeMap<u64, (PathBuf, String)> = BTreeMap::new();
        for file in folder.deep_files()? {
            let Some(found) = versioned::split(&file) else {
                if file.extension().is_some_and(|extension| extension == "sql") {
                    notes.add("a file that is not named `V<n>__<name>.sql` is left out", &file);
                }
                continue;
            };
            let is_word =
                found.name.chars().all(|c| c.is_alphanumeric() || c == '_') && !found.name.is_empty();
            match (found.prefix, found.extension) {
                ('V' | 'U', "rs") => notes.add("a step in Rust is not run", &file),
                ('V' | 'U', "sql") if is_word => {
                    let version = number(folder, &file, found.version)?;
                    let name = found.name.to_owned();
                    if let Some((first, _)) = files.insert(version, (file.clone(), name)) {
                        let (first, second) = (first.display().to_string(), file.display().to_string());
                        return Err(pairs::duplicate(folder, &version.to_string(), &first, &second));
                    }
                }
                (_, "sql") => notes.add("a file that is not named `V<n>__<name>.sql` is left out", &file),
                _ => {}
            }
        }
        let mut revisions = Vec::new();
        for (version, (file, name)) in files {
            let source = folder.source(file)?;
            notes.source(&source);
            let up = source.whole(Transaction::Wrapped);
            let down = down::of(&up, None);
            revisions.push(Revision { version: version.to_string(), name, repeatable: false, up, down });
        }
        Ok(Reading { revisions, graph: None, notes: notes.into_faults(folder) })
    }

    fn scaffold(&self, asked: &Asked<'_>) -> Result<Vec<NewFile>> {
        asked.in_transaction_only(self.facts().title)?;
        Ok(vec![versioned::new_file(asked, 'V', asked.up())])
    }
}

fn number(folder: &Listing, file: &std::path::Path, version: &str) -> Result<u64> {
    match version.bytes().all(|byte| byte.is_ascii_digit()) {
        true => pairs::bigint(folder, &file.display().to_string(), version),
        false => Err(Fault::new(format!("version {version} is not a whole number, which refinery refuses"))
            .at(folder.place(file))),
    }
}
