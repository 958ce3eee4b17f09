//! dbmate's `schema_migrations`: one row a version. golang-migrate has a table of the same name and another
//! shape.
//! Out: its files as a layout. Called through the registry.
//!
//! Source: amacneil/dbmate, `pkg/driver/postgres/postgres.go` (`CreateMigrationsTable`, `SelectMigrations`,
//! `InsertMigration`, `DeleteMigration`).

use super::Dialect;
use groundline_core::{Result, quote_literal};
use groundline_migrate::history::Revision;

pub(super) struct Dbmate;

impl Dialect for Dbmate {
    fn layout(&self) -> &'static str {
        "dbmate"
    }

    fn table(&self) -> (&'static str, &'static str) {
        ("public", "schema_migrations")
    }

    fn create(&self) -> String {
        format!("CREATE TABLE IF NOT EXISTS {} (version varchar primary key);", self.qualified_table())
    }

    fn record(&self, revision: &Revision) -> Result<String> {
        let version = quote_literal(&revision.version);
        Ok(format!("INSERT INTO {} (version) VALUES ({version});", self.qualified_table()))
    }

    fn forget(&self, revision: &Revision, _previous: Option<&Revision>) -> Result<String> {
        let version = quote_literal(&revision.version);
        Ok(format!("DELETE FROM {} WHERE version = {version};", self.qualified_table()))
    }

    /// In the order of file names, which is how dbmate applies them.
    fn recorded(&self) -> String {
        format!("SELECT version FROM {} ORDER BY version COLLATE \"C\"", self.qualified_table())
    }
}
