//! diesel's `__diesel_schema_migrations`. In: its shape. Versions are folder names up to the first `_`,
//! without dashes, as the layout gives them.
//! Out: its folders as a layout. Called through the registry.
//!
//! Sources: diesel-rs/diesel, `diesel/src/migration/setup_migration_table.sql` and
//! `diesel_migrations/src/migration_harness.rs` (insert, delete, `applied_migrations`).

use super::Dialect;
use groundline_core::{Result, quote_literal};
use groundline_migrate::history::Revision;

pub(super) struct Diesel;

impl Dialect for Diesel {
    fn layout(&self) -> &'static str {
        "diesel"
    }

    fn table(&self) -> (&'static str, &'static str) {
        ("public", "__diesel_schema_migrations")
    }

    fn create(&self) -> String {
        format!(
            "CREATE TABLE IF NOT EXISTS {} (\n    version VARCHAR(50) PRIMARY KEY NOT NULL,\n    \
             run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP\n);",
            self.qualified_table()
        )
    }

    fn record(&self, revision: &Revision) -> Result<String> {
        let version = quote_literal(&revision.version);
        Ok(format!("INSERT INTO {} (version) VALUES ({version});", self.qualified_table()))
    }

    fn forget(&self, revision: &Revision, _previous: Option<&Revision>) -> Result<String> {
        let version = quote_literal(&revision.version);
        Ok(format!("DELETE FROM {} WHERE version = {version};", self.qualified_table()))
    }

    /// In diesel's order, which is that of the version as text, whatever the database's collation.
    fn recorded(&self) -> String {
        format!("SELECT version FROM {} ORDER BY version COLLATE \"C\"", self.qualified_table())
    }
}
