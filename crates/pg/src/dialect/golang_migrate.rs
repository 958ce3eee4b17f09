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

/// The version of a database before the first revision, which is stored only while a revision runs.
const NONE: &str = "-1";

impl GolangMigrate {
    fn set_version(&self, newest: Option<&Revision>, dirty: bool) -> Result<String> {
        let table = self.qualified_table();
        let version = match newest {
            Some(newest) => source::number(newest)?.to_string(),
            None if dirty => NONE.to_owned(),
            None => return Ok(format!("DELETE FROM {table};")),
        };
        Ok(format!("DELETE FROM {table};\nINSERT INTO {table} (version, dirty) VALUES ({version}, {dirty});"))
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
        self.set_version(Some(revision), false)
    }

    fn forget(&self, _revision: &Revision, previous: Option<&Revision>) -> Result<String> {
        self.set_version(previous, false)
    }

    fn begin(&self, newest: Option<&Revision>) -> Result<Option<String>> {
        self.set_version(newest, true).map(Some)
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
