//! Groundline's own history table, for folders of its own layout.
//! Out: the folders. Called through the registry.

use super::Dialect;
use groundline_core::{Result, quote_literal};
use groundline_migrate::history::Revision;

pub(super) struct Groundline;

impl Dialect for Groundline {
    fn layout(&self) -> &'static str {
        "groundline"
    }

    fn table(&self) -> (&'static str, &'static str) {
        ("groundline", "revision")
    }

    fn create(&self) -> String {
        let table = self.qualified_table();
        format!(
            "CREATE SCHEMA IF NOT EXISTS groundline;\n\
             COMMENT ON SCHEMA groundline IS 'Groundline''s bookkeeping; not a part of the application';\n\
             CREATE TABLE IF NOT EXISTS {table} (\n    version text PRIMARY KEY,\n    name text NOT NULL,\n    \
             applied_at timestamptz NOT NULL DEFAULT now()\n);\n\
             COMMENT ON TABLE {table} IS 'Applied revisions, one row each';\n\
             COMMENT ON COLUMN {table}.version IS 'Version of the revision, as in its file name';\n\
             COMMENT ON COLUMN {table}.name IS 'Name of the revision, as in its file name';\n\
             COMMENT ON COLUMN {table}.applied_at IS 'Start of the transaction that applied or stamped it';"
        )
    }

    fn record(&self, revision: &Revision) -> Result<String> {
        let (version, name) = (quote_literal(&revision.version), quote_literal(&revision.name));
        Ok(format!("INSERT INTO {} (version, name) VALUES ({version}, {name});", self.qualified_table()))
    }

    fn forget(&self, revision: &Revision, _previous: Option<&Revision>) -> Result<String> {
        let version = quote_literal(&revision.version);
        Ok(format!("DELETE FROM {} WHERE version = {version};", self.qualified_table()))
    }

    /// In order of application; versions stamped together by their number, shorter ones first.
    fn recorded(&self) -> String {
        format!(
            "SELECT version FROM {} ORDER BY applied_at, length(version), version COLLATE \"C\"",
            self.qualified_table()
        )
    }
}
