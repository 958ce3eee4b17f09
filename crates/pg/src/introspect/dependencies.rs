//! What needs what in a schema, by the names of snapshots: for the order of statements.
//! Out: the schema itself. Called by the reading, where that is asked for.

use super::Excluded;
use super::ask::{Asker, Effort};
use super::row::Row;
use groundline_catalog::ddl::Dependencies;
use groundline_catalog::{ObjectId, ObjectKind};
use groundline_core::Result;
use std::sync::Arc;

/// About as much as all other questions together.
const EFFORT: Effort = 40;

const QUERY: &str = include_str!("sql/dependencies.sql");

/// Reads it under the settings of a reading; nothing where nobody asked.
pub(super) async fn of(asker: &Asker<'_>, excluded: &Excluded) -> Result<Arc<Dependencies>> {
    let mut found = Dependencies::default();
    if excluded.with_needs {
        let needs: Vec<_> = asker.each(EFFORT, QUERY, &[], |row| (object(&row, 0), object(&row, 2))).await?;
        for (object, needs) in needs {
            if let (Some(object), Some(needs)) = (object, needs) {
                found.insert(object, needs);
            }
        }
    }
    Ok(Arc::new(found))
}

fn object(row: &Row, at: usize) -> Option<ObjectId> {
    Some(ObjectId::new(ObjectKind::from_word(row.get(at))?, row.get::<&str>(at + 1)))
}
