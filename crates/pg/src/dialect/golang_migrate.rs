//! golang-migrate's `schema_migrations`: one row with the newest version and whether it failed half-way.
//! Out: its folders as a layout. Called through the registry.
//!
//! Source: golang-migrate/migrate, `database/postgres/postgres.go` (`ensureVersionTable`, `SetVersion`,
//! `Version`); `database/pgx` does the same. `SetVersion` truncates and inserts; deleting leaves the same row
//! and does not need an exclusive lock.

use super::{Dialect, source};
use groundline_core::Result;
use groundline_migrate::history::Revision;

pub(super) struct GolangMigrate;

impl GolangMigrate {
    fn set_version(&self, newest: Option<&Revision>) -> Result<String> {
        let table = self.qualified_table();
        let clear = format!("DELETE FROM {table};");
        let Some(newest) = newest else { return Ok(clear) };
        let version = source::number(newest)?;
        Ok(format!("{clear}\nINSERT INTO {table} (version, dirty) VALUES ({version}, false);"))
    }
}

impl Dialect for GolangMigrate {
    fn layout(&self) -> &'static str {
        "golang-migrate"
    }

    fn table(&self) -> (&'static str, &'static str) {
        ("public", "schema_migrations")
    }

    fn create(&self) -> String {
        format!(
            "CREATE TABLE IF NOT EXISTS {} (version bigint not null primary key, dirty boolean not null);",
            self.qualified_table()
        )
    }

    fn record(&self, revision: &Revision) -> Result<String> {
        self.set_version(Some(revision))
    }

    fn forget(&self, _revision: &Revision, previous: Option<&Revision>) -> Result<String> {
        self.set_version(previous)
    }

    fn recorded(&self) -> String {
        format!("SELECT version::text FROM {} WHERE NOT dirty", self.qualified_table())
    }

    fn failed(&self) -> Option<String> {
        Some(format!("SELECT version::text FROM {} WHERE dirty", self.qualified_table()))
    }

    fn keeps_newest_only(&self) -> bool {
        true
    }
}
