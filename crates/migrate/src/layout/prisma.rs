//! Prisma Migrate: a folder for each migration, with `migration.sql`; no way down.
//!
//! Source: prisma/prisma, `packages/migrate/src/utils/listMigrations.ts` (folders sorted by name);
//! prisma/prisma-engines, `schema-engine/connectors/schema-connector/src/migrations_directory.rs`
//! (`migration_lock.toml`: the first line that starts with `provider`; the history keeps the folder's name) and
//! `schema-engine/connectors/sql-schema-connector/src/flavour/postgres/connector/native/mod.rs`
//! (`apply_migration_script`: the script in one simple query).

use super::notes::Notes;
use super::scaffold::{Asked, NewFile, Style};
use super::source::lines;
use super::{Facts, Layout, Listing, Reading, Shape, down};
use crate::history::{Revision, Transaction};
use groundline_core::{Fault, Result};
use std::path::Path;

const LOCK: &str = "migration_lock.toml";
const SCRIPT: &str = "migration.sql";

/// Prisma's folder.
pub struct Prisma;

impl Layout for Prisma {
    fn facts(&self) -> &'static Facts {
        &Facts {
            id: "prisma",
            title: "Prisma Migrate",
            files: "`<timestamp>_<name>/migration.sql`, and `migration_lock.toml`",
            order: "by the folder's name, as text",
            outside: "no mark: a script is sent as one string, so a lone statement is outside a transaction",
            downs: "none",
            table: "_prisma_migrations",
            source: "prisma/prisma: packages/migrate/src/utils/listMigrations.ts; prisma/prisma-engines: migrations_directory.rs",
        }
    }

    fn shape(&self) -> Shape {
        Shape::Own
    }

    fn claims(&self, folder: &Listing) -> usize {
        let holds_script = |name: &&String| folder.folder().join(name).join(SCRIPT).is_file();
        folder.folders().iter().filter(holds_script).count()
    }

    fn read(&self, folder: &Listing) -> Result<Reading> {
        let mut notes = Notes::default();
        match provider(folder) {
            Some(provider) if provider == "postgresql" => {}
            Some(provider) => {
                return Err(Fault::new(format!("these migrations are for {provider}, not for PostgreSQL"))
                    .at(folder.place(LOCK))
                    .why(format!("the provider in it is {provider:?}")));
            }
            None => {
                notes.add("migration_lock.toml does not name the provider: taken as PostgreSQL's", LOCK);
            }
        }
        let mut revisions = Vec::new();
        for name in folder.folders() {
            let inner = Listing::of(&folder.folder().join(name))?;
            if !inner.files().iter().any(|file| file == SCRIPT) {
                notes.add("a folder without migration.sql is left out; Prisma itself stops at it", name);
                continue;
            }
            for other in inner.sql_files().filter(|file| *file != SCRIPT) {
                notes.add("a file that Prisma does not run is left out", Path::new(name).join(other));
            }
            let source = folder.source(Path::new(name).join(SCRIPT))?;
            notes.source(&source);
            let up = source.whole(Transaction::Wrapped);
            let down = down::of(&up, None);
            let version = name.clone();
            revisions.push(Revision { version, name: String::new(), repeatable: false, up, down });
        }
        Ok(Reading { revisions, graph: None, notes: notes.into_faults(folder) })
    }

    fn scaffold(&self, asked: &Asked<'_>) -> Result<Vec<NewFile>> {
        let folder = format!("{}_{}", asked.next_number(Style::Timestamp), asked.name);
        let script = NewFile { path: Path::new(&folder).join(SCRIPT), text: asked.up() };
        let lock = NewFile { path: LOCK.into(), text: "provider = \"postgresql\"\n".to_owned() };
        // The tool wants the lock before the first revision; later ones have it.
        Ok(if asked.revisions.is_empty() { vec![lock, script] } else { vec![script] })
    }
}

/// The provider that the lock file of this folder names.
pub fn provider(folder: &Listing) -> Option<String> {
    let text = std::fs::read_to_string(folder.folder().join(LOCK)).ok()?;
    let line = lines(&text).find(|line| line.text.starts_with("provider"))?;
    Some(line.text.split_once('=')?.1.trim().trim_matches('"').to_owned())
}
