//! sql-migrate's `gorp_migrations`: the id is the file's name.
//! Out: its files as a layout; a table or schema name set in `dbconfig.yml`. Called through the registry.
//!
//! Sources: rubenv/sql-migrate, `migrate.go` (`MigrationRecord`, `GetMigrationRecords`), with the table as
//! go-gorp/gorp makes it: `table.go` (`SqlForCreate`) and `dialect_postgres.go` (`ToSqlType`).

use super::{Dialect, source};
use groundline_core::{Result, quote_literal};
use groundline_migrate::history::Revision;

pub(super) struct SqlMigrate;

impl Dialect for SqlMigrate {
    fn layout(&self) -> &'static str {
        "sql-migrate"
    }

    fn table(&self) -> (&'static str, &'static str) {
        ("public", "gorp_migrations")
    }

    fn create(&self) -> String {
        format!(
            "CREATE TABLE IF NOT EXISTS {} (\"id\" text not null primary key, \
             \"applied_at\" timestamp with time zone);",
            self.qualified_table()
        )
    }

    fn record(&self, revision: &Revision) -> Result<String> {
        let id = quote_literal(source::file_name(&revision.up)?);
        Ok(format!(
            "INSERT INTO {} (\"id\", \"applied_at\") VALUES ({id}, clock_timestamp());",
            self.qualified_table()
        ))
    }

    fn forget(&self, revision: &Revision, _previous: Option<&Revision>) -> Result<String> {
        let id = quote_literal(source::file_name(&revision.up)?);
        Ok(format!("DELETE FROM {} WHERE \"id\" = {id};", self.qualified_table()))
    }

    /// In order of application; ids compare by the number in front, which text order does not give.
    fn recorded(&self) -> String {
        format!("SELECT \"id\" FROM {} ORDER BY \"applied_at\", \"id\" COLLATE \"C\"", self.qualified_table())
    }
}
