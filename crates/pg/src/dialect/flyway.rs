//! Flyway's `flyway_schema_history`: one row an event, ranked. The checksum is the CRC-32 of the file's lines
//! without their ends and without a byte order mark.
//! Out: its files as a layout; a table or schema set in Flyway's configuration; placeholders, which enter the
//! checksum of repeatable migrations. Called through the registry.
//!
//! Sources: flyway/flyway, `flyway-database/flyway-database-postgresql/…/PostgreSQLDatabase.java`
//! (`getRawCreateScript`), `flyway-core/…/internal/resolver/ChecksumCalculator.java`,
//! `…/internal/resource/ResourceNameParser.java` (description), `…/internal/schemahistory/SchemaHistory.java`
//! (rank), `…/internal/util/AbbreviationUtils.java`, `…/api/CoreMigrationType.java`.

use super::{Dialect, source};
use groundline_core::{Result, quote_literal};
use groundline_migrate::history::{Revision, Step};

pub(super) struct Flyway;

impl Dialect for Flyway {
    fn layout(&self) -> &'static str {
        "flyway"
    }

    fn table(&self) -> (&'static str, &'static str) {
        ("public", "flyway_schema_history")
    }

    fn create(&self) -> String {
        let table = self.qualified_table();
        format!(
            "CREATE TABLE IF NOT EXISTS {table} (\n    \"installed_rank\" INT NOT NULL,\n    \
             \"version\" VARCHAR(50),\n    \"description\" VARCHAR(200) NOT NULL,\n    \"type\" VARCHAR(20) NOT NULL,\n    \
             \"script\" VARCHAR(1000) NOT NULL,\n    \"checksum\" INTEGER,\n    \"installed_by\" VARCHAR(100) NOT NULL,\n    \
             \"installed_on\" TIMESTAMP NOT NULL DEFAULT now(),\n    \"execution_time\" INTEGER NOT NULL,\n    \
             \"success\" BOOLEAN NOT NULL,\n    \
             CONSTRAINT \"flyway_schema_history_pk\" PRIMARY KEY (\"installed_rank\")\n);\n\
             CREATE INDEX IF NOT EXISTS \"flyway_schema_history_s_idx\" ON {table} (\"success\");"
        )
    }

    /// `execution_time` is milliseconds since the transaction began.
    fn record(&self, revision: &Revision) -> Result<String> {
        let table = self.qualified_table();
        let version = match revision.repeatable {
            true => "NULL".to_owned(),
            false => quote_literal(&revision.version),
        };
        let description = quote_literal(&description(&revision.up)?);
        let script = quote_literal(&abbreviated_script(&source::relative_path(&revision.up)?));
        let checksum = checksum(&revision.up.text);
        Ok(format!(
            "INSERT INTO {table} (\"installed_rank\", \"version\", \"description\", \"type\", \"script\", \"checksum\", \
             \"installed_by\", \"execution_time\", \"success\") SELECT coalesce(max(\"installed_rank\"), 0) + 1, \
             {version}, {description}, 'SQL', {script}, {checksum}, current_user, \
             (extract(epoch FROM clock_timestamp() - transaction_timestamp()) * 1000)::integer, TRUE FROM {table};"
        ))
    }

    /// The paid editions log an undo as a row of a type that the free one refuses to read; without the rows of
    /// the version, every edition holds it for pending.
    fn forget(&self, revision: &Revision, _previous: Option<&Revision>) -> Result<String> {
        let table = self.qualified_table();
        let same = match revision.repeatable {
            true => format!(
                "\"version\" IS NULL AND \"description\" = {}",
                quote_literal(&description(&revision.up)?)
            ),
            false => format!("\"version\" = {}", quote_literal(&revision.version)),
        };
        Ok(format!("DELETE FROM {table} WHERE {same};"))
    }

    /// Versions whose newest event is no undo and no deletion. A `BASELINE` row counts as its version: all
    /// before it are held for applied. Repeatable migrations have no version and are not among them.
    fn recorded(&self) -> String {
        format!(
            "SELECT \"version\" FROM (SELECT DISTINCT ON (\"version\") \"version\", \"type\", \"success\", \
             \"installed_rank\" FROM {} WHERE \"version\" IS NOT NULL ORDER BY \"version\", \"installed_rank\" DESC) newest \
             WHERE \"success\" AND \"type\" <> 'DELETE' AND \"type\" NOT LIKE 'UNDO%' ORDER BY \"installed_rank\"",
            self.qualified_table()
        )
    }

    fn has_baselines(&self) -> bool {
        true
    }

    /// Without repeatable ones: one that was edited is to run again.
    fn checksums(&self) -> Option<String> {
        let table = self.qualified_table();
        Some(format!(
            "SELECT DISTINCT ON (\"version\") \"version\", \"checksum\"::text FROM {table} \
             WHERE \"version\" IS NOT NULL AND \"type\" = 'SQL' AND \"success\" ORDER BY \"version\", \"installed_rank\" DESC"
        ))
    }

    fn checksums_of(&self, _revision: &Revision, text: &str) -> Result<Vec<String>> {
        Ok(vec![checksum(text.trim_start_matches('\u{feff}')).to_string()])
    }

    fn rebless(&self, revision: &Revision) -> Result<Option<String>> {
        let (table, version) = (self.qualified_table(), quote_literal(&revision.version));
        let checksum = checksum(&revision.up.text);
        Ok(Some(format!(
            "UPDATE {table} SET \"checksum\" = {checksum} WHERE \"version\" = {version} AND \"type\" = 'SQL';"
        )))
    }

    fn checksum_words(&self) -> Option<&'static str> {
        Some("CRC-32 of the lines without their ends; neither line ends nor a byte order mark count")
    }

    fn records_repeatable(&self) -> bool {
        true
    }

    fn failed(&self) -> Option<String> {
        Some(format!(
            "SELECT coalesce(\"version\", \"description\") FROM {} WHERE NOT \"success\" ORDER BY \"installed_rank\"",
            self.qualified_table()
        ))
    }
}

/// What follows the first `__` of the file's name, with blanks for underscores; at most 200 characters.
fn description(step: &Step) -> Result<String> {
    let name = source::file_name(step)?;
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let text = stem.split_once("__").map_or("", |(_, text)| text).replace('_', " ");
    match text.chars().count() > 200 {
        true => Ok(text.chars().take(197).chain("...".chars()).collect()),
        false => Ok(text),
    }
}

/// At most 1000 characters, the first three of a longer one replaced by dots.
fn abbreviated_script(script: &str) -> String {
    match script.chars().count() > 1000 {
        true => "...".chars().chain(script.chars().take(1000).skip(3)).collect(),
        false => script.to_owned(),
    }
}

/// Java's `CRC32` over the lines as `BufferedReader.readLine` gives them: all of the text but `\r` and `\n`.
fn checksum(text: &str) -> i32 {
    let mut crc = flate2::Crc::new();
    text.split(['\r', '\n']).for_each(|line| crc.update(line.as_bytes()));
    crc.sum() as i32
}

#[cfg(test)]
mod tests {
    use super::checksum;

    #[test]
    fn line_ends_do_not_count() {
        // The value that zlib's crc32 gives for `abcdef`.
        assert_eq!(checksum("abc\r\ndef\n"), 0x4b8e_39ef);
        assert_eq!(checksum("abc\ndef"), checksum("abc\rdef\r\n\r\n"));
    }
}
