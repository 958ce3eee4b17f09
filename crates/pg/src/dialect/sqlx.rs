//! sqlx's `_sqlx_migrations`. In: its shape, SHA-384 checksums, descriptions.
//! Out: pairs and simple files as a layout. Called through the registry.
//!
//! Sources: launchbadge/sqlx, `sqlx-postgres/src/migrate.rs` (table, insert, delete) and
//! `sqlx-core/src/migrate/{source,migration,migration_type}.rs` (description, checksum of the whole up file).
//! A table name or ignored characters set in `sqlx.toml` are not read.

use super::{Dialect, source};
use groundline_core::{Result, quote_literal};
use groundline_migrate::history::Revision;
use sha2::{Digest as _, Sha384};
use std::fmt::Write as _;

pub(super) struct Sqlx;

impl Dialect for Sqlx {
    fn layout(&self) -> &'static str {
        "sqlx"
    }

    fn table(&self) -> (&'static str, &'static str) {
        ("public", "_sqlx_migrations")
    }

    fn create(&self) -> String {
        let table = self.qualified_table();
        format!(
            "CREATE TABLE IF NOT EXISTS {table} (\n    version BIGINT PRIMARY KEY,\n    description TEXT NOT NULL,\n    \
             installed_on TIMESTAMPTZ NOT NULL DEFAULT now(),\n    success BOOLEAN NOT NULL,\n    \
             checksum BYTEA NOT NULL,\n    execution_time BIGINT NOT NULL\n);"
        )
    }

    /// `execution_time` is nanoseconds since the transaction began (sqlx writes -1 and sets it afterwards).
    fn record(&self, revision: &Revision) -> Result<String> {
        let version = source::number(revision)?;
        let description = quote_literal(&description(source::file_name(&revision.up)?));
        let checksum = checksum(&source::text_on_disk(&revision.up)?);
        Ok(format!(
            "INSERT INTO {} (version, description, success, checksum, execution_time) VALUES \
             ({version}, {description}, TRUE, decode('{checksum}', 'hex'), \
             (extract(epoch FROM clock_timestamp() - transaction_timestamp()) * 1000000000)::bigint);",
            self.qualified_table()
        ))
    }

    fn forget(&self, revision: &Revision, _previous: Option<&Revision>) -> Result<String> {
        Ok(format!("DELETE FROM {} WHERE version = {};", self.qualified_table(), source::number(revision)?))
    }

    fn recorded(&self) -> String {
        format!("SELECT version::text FROM {} WHERE success ORDER BY version", self.qualified_table())
    }

    fn checksums(&self) -> Option<String> {
        let table = self.qualified_table();
        Some(format!("SELECT version::text, encode(checksum, 'hex') FROM {table} WHERE success"))
    }

    fn checksums_of(&self, _revision: &Revision, text: &str) -> Result<Vec<String>> {
        Ok(vec![checksum(text)])
    }

    fn rebless(&self, revision: &Revision) -> Result<Option<String>> {
        let checksum = checksum(&source::text_on_disk(&revision.up)?);
        let (table, version) = (self.qualified_table(), source::number(revision)?);
        Ok(Some(format!(
            "UPDATE {table} SET checksum = decode('{checksum}', 'hex') WHERE version = {version};"
        )))
    }

    fn checksum_words(&self) -> Option<&'static str> {
        Some("SHA-384 of the file as it is on disk; line ends count")
    }

    fn failed(&self) -> Option<String> {
        Some(format!(
            "SELECT version::text FROM {} WHERE NOT success ORDER BY version",
            self.qualified_table()
        ))
    }
}

/// SHA-384 of the whole file, in hexadecimal digits.
fn checksum(text: &str) -> String {
    Sha384::digest(text.as_bytes()).iter().fold(String::with_capacity(96), |mut digits, byte| {
        let _ = write!(digits, "{byte:02x}");
        digits
    })
}

/// The description that sqlx makes of a file name: what follows the first `_`, without the suffix of its
/// kind, with blanks for underscores.
fn description(file_name: &str) -> String {
    let rest = file_name.split_once('_').map_or("", |(_, rest)| rest);
    let suffix = [".up.sql", ".down.sql"].into_iter().find(|suffix| rest.ends_with(suffix)).unwrap_or(".sql");
    rest.trim_end_matches(suffix).replace('_', " ")
}

#[cfg(test)]
mod tests {
    use super::description;

    #[test]
    fn describes_as_sqlx_does() {
        assert_eq!(description("20240101_create_users.up.sql"), "create users");
        assert_eq!(description("1_create_users.sql"), "create users");
    }
}
