//! Prisma Migrate's `_prisma_migrations`: one row an attempt. A row without `finished_at` is a failed attempt,
//! one with `rolled_back_at` does not count; the name is the migration's folder, the checksum the SHA-256 of
//! `migration.sql`.
//! Out: its folders as a layout, a schema set in the connection URL. Called through the registry.
//!
//! Sources: prisma/prisma-engines, `schema-engine/connectors/sql-schema-connector/src/flavour/postgres.rs`
//! (`create_migrations_table`), `…/src/sql_migration_persistence.rs`,
//! `schema-engine/connectors/schema-connector/src/checksum.rs`, and
//! `schema-engine/commands/src/commands/apply_migrations.rs` (which rows count).

use super::{Dialect, source};
use groundline_core::{Digest, Fault, Place, Result, quote_literal};
use groundline_migrate::history::Revision;

pub(super) struct Prisma;

/// An attempt that has no end.
const OPEN: &str = "finished_at IS NULL AND rolled_back_at IS NULL";

impl Prisma {
    /// A new row of an attempt; `end` is when it was finished, and how many of its steps are applied.
    fn insert(&self, revision: &Revision, end: &str) -> Result<String> {
        let checksum = Digest::of(source::text_on_disk(&revision.up)?.as_bytes());
        Ok(format!(
            "INSERT INTO {} (id, checksum, started_at, migration_name, finished_at, applied_steps_count) \
             SELECT gen_random_uuid()::text, '{checksum}', transaction_timestamp(), {}, {end}",
            self.qualified_table(),
            quote_literal(migration_name(revision)?)
        ))
    }
}

impl Dialect for Prisma {
    fn layout(&self) -> &'static str {
        "prisma"
    }

    fn table(&self) -> (&'static str, &'static str) {
        ("public", "_prisma_migrations")
    }

    fn create(&self) -> String {
        format!(
            "CREATE TABLE IF NOT EXISTS {} (\n    id VARCHAR(36) PRIMARY KEY NOT NULL,\n    \
             checksum VARCHAR(64) NOT NULL,\n    finished_at TIMESTAMPTZ,\n    \
             migration_name VARCHAR(255) NOT NULL,\n    logs TEXT,\n    rolled_back_at TIMESTAMPTZ,\n    \
             started_at TIMESTAMPTZ NOT NULL DEFAULT now(),\n    \
             applied_steps_count INTEGER NOT NULL DEFAULT 0\n);",
            self.qualified_table()
        )
    }

    /// Where the revision was begun apart, its row is finished.
    fn record(&self, revision: &Revision) -> Result<String> {
        let (table, name) = (self.qualified_table(), quote_literal(migration_name(revision)?));
        let insert = self.insert(revision, "clock_timestamp(), 1")?;
        Ok(format!(
            "WITH begun AS (UPDATE {table} SET finished_at = clock_timestamp(), applied_steps_count = 1 \
             WHERE migration_name = {name} AND {OPEN} RETURNING id) {insert} WHERE NOT EXISTS (SELECT FROM begun);"
        ))
    }

    fn begin(&self, newest: Option<&Revision>) -> Result<Option<String>> {
        let Some(revision) = newest else { return Ok(None) };
        let (table, name) = (self.qualified_table(), quote_literal(migration_name(revision)?));
        let insert = self.insert(revision, "NULL, 0")?;
        Ok(Some(format!(
            "{insert} WHERE NOT EXISTS (SELECT FROM {table} WHERE migration_name = {name} AND {OPEN});"
        )))
    }

    /// Prisma has no downs; a revision that was taken back is marked as `prisma migrate resolve --rolled-back`
    /// marks it, and Prisma would apply it again.
    fn forget(&self, revision: &Revision, _previous: Option<&Revision>) -> Result<String> {
        let name = quote_literal(migration_name(revision)?);
        Ok(format!(
            "UPDATE {} SET rolled_back_at = clock_timestamp() WHERE migration_name = {name} AND rolled_back_at IS NULL;",
            self.qualified_table()
        ))
    }

    fn recorded(&self) -> String {
        format!(
            "SELECT migration_name FROM {} WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL \
             ORDER BY started_at, migration_name COLLATE \"C\"",
            self.qualified_table()
        )
    }

    fn checksums(&self) -> Option<String> {
        Some(format!(
            "SELECT migration_name, checksum FROM {} WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL",
            self.qualified_table()
        ))
    }

    fn checksums_of(&self, _revision: &Revision, text: &str) -> Result<Vec<String>> {
        Ok(vec![Digest::of(text.as_bytes()).to_string()])
    }

    fn rebless(&self, revision: &Revision) -> Result<Option<String>> {
        let checksum = Digest::of(source::text_on_disk(&revision.up)?.as_bytes());
        let (table, name) = (self.qualified_table(), quote_literal(migration_name(revision)?));
        Ok(Some(format!(
            "UPDATE {table} SET checksum = '{checksum}' WHERE migration_name = {name} AND rolled_back_at IS NULL;"
        )))
    }

    fn checksum_words(&self) -> Option<&'static str> {
        Some("SHA-256 of the script as it is on disk; line ends count")
    }

    fn failed(&self) -> Option<String> {
        Some(format!(
            "SELECT migration_name FROM {} WHERE {OPEN} ORDER BY started_at",
            self.qualified_table()
        ))
    }
}

fn migration_name(revision: &Revision) -> Result<&str> {
    let folder =
        revision.up.file.parent().and_then(|folder| folder.file_name()).and_then(|name| name.to_str());
    folder.ok_or_else(|| {
        Fault::new("a Prisma migration must be in a folder of its own").at(Place::file(&revision.up.file))
    })
}
