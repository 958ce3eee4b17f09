//! refinery's `refinery_schema_history`. The checksum is SipHash-1-3 with a zero key over name, version and
//! text as Rust's `Hash` feeds them.
//! Out: its files as a layout, a table name set on the runner. Called through the registry.
//!
//! Sources: rust-db/refinery, `refinery_core/src/traits/mod.rs` (table, insert),
//! `refinery_core/src/runner.rs` (`Migration::unapplied`), `refinery_core/src/util.rs` (names, `SchemaVersion`).
//!
//! Built with its feature `int8-versions`, refinery makes the version column an `int8` and hashes the version
//! as eight bytes; without it, an `int4` and four bytes. The SQL therefore holds both checksums and chooses by
//! the type of the column; a version too big for `int4` widens the column first.

use super::{Dialect, source};
use groundline_core::{Fault, Place, Result, quote_literal};
use groundline_migrate::history::Revision;
use siphasher::sip::SipHasher13;
use std::hash::{Hash, Hasher};

pub(super) struct Refinery;

impl Refinery {
    /// An expression for the checksum of the file, which depends on the type of the version's column.
    fn checksum_by_column(&self, revision: &Revision) -> Result<String> {
        let text = source::text_on_disk(&revision.up)?;
        let checksums = self.checksums_of(revision, &text)?;
        let [narrow, wide] = &checksums[..] else { return Ok(format!("'{}'", checksums.concat())) };
        let table = quote_literal(&self.qualified_table());
        Ok(format!(
            "CASE (SELECT atttypid FROM pg_catalog.pg_attribute WHERE attrelid = {table}::pg_catalog.regclass \
             AND attname = 'version') WHEN 'pg_catalog.int8'::pg_catalog.regtype THEN '{wide}' ELSE '{narrow}' END"
        ))
    }
}

impl Dialect for Refinery {
    fn layout(&self) -> &'static str {
        "refinery"
    }

    fn table(&self) -> (&'static str, &'static str) {
        ("public", "refinery_schema_history")
    }

    fn create(&self) -> String {
        format!(
            "CREATE TABLE IF NOT EXISTS {} (\n    version int4 PRIMARY KEY,\n    name VARCHAR(255),\n    \
             applied_on VARCHAR(255),\n    checksum VARCHAR(255)\n);",
            self.qualified_table()
        )
    }

    fn record(&self, revision: &Revision) -> Result<String> {
        let table = self.qualified_table();
        let version = source::number(revision)?;
        let widen = match i32::try_from(version) {
            Ok(_) => String::new(),
            Err(_) => format!("ALTER TABLE {table} ALTER COLUMN version TYPE int8;\n"),
        };
        let checksum = self.checksum_by_column(revision)?;
        let name = quote_literal(name(revision)?);
        Ok(format!(
            "{widen}INSERT INTO {table} (version, name, applied_on, checksum) VALUES ({version}, {name}, \
             to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'), {checksum});"
        ))
    }

    fn forget(&self, revision: &Revision, _previous: Option<&Revision>) -> Result<String> {
        Ok(format!("DELETE FROM {} WHERE version = {};", self.qualified_table(), source::number(revision)?))
    }

    fn checksums(&self) -> Option<String> {
        Some(format!("SELECT version::text, checksum FROM {}", self.qualified_table()))
    }

    fn checksums_of(&self, revision: &Revision, text: &str) -> Result<Vec<String>> {
        let (name, version) = (name(revision)?, source::number(revision)?);
        let narrow = i32::try_from(version).ok().map(|version| checksum(name, version, text).to_string());
        Ok(narrow.into_iter().chain([checksum(name, version, text).to_string()]).collect())
    }

    fn rebless(&self, revision: &Revision) -> Result<Option<String>> {
        let (table, version) = (self.qualified_table(), source::number(revision)?);
        let checksum = self.checksum_by_column(revision)?;
        Ok(Some(format!("UPDATE {table} SET checksum = {checksum} WHERE version = {version};")))
    }

    fn checksum_words(&self) -> Option<&'static str> {
        Some("SipHash-1-3 of name, version and text; line ends count")
    }

    fn recorded(&self) -> String {
        format!("SELECT version::text FROM {} ORDER BY version", self.qualified_table())
    }
}

/// What refinery takes for the name: the word characters that follow `V1__`.
fn name(revision: &Revision) -> Result<&str> {
    let file = source::file_name(&revision.up)?;
    let rest = file.split_once("__").map(|(_, rest)| rest);
    let end = |rest: &str| rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
    let name = rest.map(|rest| &rest[..end(rest)]).filter(|name| !name.is_empty());
    name.ok_or_else(|| Fault::new("the file name has no name after `__`").at(Place::file(&revision.up.file)))
}

fn checksum(name: &str, version: impl Hash, text: &str) -> u64 {
    let mut hasher = SipHasher13::new();
    name.hash(&mut hasher);
    version.hash(&mut hasher);
    text.hash(&mut hasher);
    hasher.finish()
}
