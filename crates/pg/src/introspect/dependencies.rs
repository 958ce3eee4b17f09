//! What needs what in a schema, by the names of snapshots: for the order of statements.
//! Out: the schema itself. Called by the reading, where that is asked for.

use super::Excluded;
use crate::client::OrFault as _;
use groundline_catalog::ddl::Dependencies;
use groundline_catalog::{ObjectId, ObjectKind};
use groundline_core::Result;
use std::sync::Arc;
use tokio_postgres::{Client, SimpleQueryMessage};

const QUERY: &str = include_str!("sql/dependencies.sql");

/// Reads it under the settings of a reading; nothing where nobody asked.
pub(super) async fn of(client: &Client, excluded: &Excluded) -> Result<Arc<Dependencies>> {
    let mut found = Dependencies::default();
    if !excluded.with_needs {
        return Ok(Arc::new(found));
    }
    for row in client.simple_query(QUERY).await.fault()? {
        let SimpleQueryMessage::Row(row) = row else { continue };
        let object = |at: usize| Some(ObjectId::new(ObjectKind::from_word(row.get(at)?)?, row.get(at + 1)?));
        if let (Some(object), Some(needs)) = (object(0), object(2)) {
            found.insert(object, needs);
        }
    }
    Ok(Arc::new(found))
}
