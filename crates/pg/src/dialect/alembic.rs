//! Alembic's `alembic_version`: one row for each revision that no applied one comes after.
//! Out: writing it, which Alembic itself does with each step and each stamp (`crate::alembic`). Called through the
//! registry.
//!
//! Source: sqlalchemy/alembic, `alembic/runtime/migration.py` (`version_table_impl`, `HeadMaintainer`).

use super::Dialect;
use groundline_core::{Fault, Place, Result};
use groundline_migrate::history::Revision;

pub(super) struct Alembic;

impl Dialect for Alembic {
    fn layout(&self) -> &'static str {
        "alembic"
    }

    fn table(&self) -> (&'static str, &'static str) {
        ("public", "alembic_version")
    }

    fn create(&self) -> String {
        String::new()
    }

    fn record(&self, revision: &Revision) -> Result<String> {
        Err(not_ours(revision))
    }

    fn forget(&self, revision: &Revision, _previous: Option<&Revision>) -> Result<String> {
        Err(not_ours(revision))
    }

    /// The order is not Alembic's: `History::in_order` puts them right.
    fn recorded(&self) -> String {
        format!("SELECT version_num FROM {} ORDER BY version_num COLLATE \"C\"", self.qualified_table())
    }

    fn is_written_by_tool(&self) -> bool {
        true
    }
}

fn not_ours(revision: &Revision) -> Fault {
    Fault::new("only Alembic writes alembic_version")
        .at(Place::file(&revision.up.file))
        .next(format!("alembic stamp {}", revision.version))
}
