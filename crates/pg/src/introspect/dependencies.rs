//! What needs what in a schema, by the names of snapshots: for the order of statements.
//! Out: the schema itself. Called by whoever plans statements.

use super::session::Session;
use crate::client::OrFault as _;
use groundline_catalog::ddl::Dependencies;
use groundline_catalog::{ObjectId, ObjectKind};
use groundline_core::Result;
use tokio_postgres::{Client, SimpleQueryMessage};

const QUERY: &str = include_str!("sql/dependencies.sql");

/// Reads it, on a connection that is in no transaction.
pub async fn dependencies(client: &Client) -> Result<Dependencies> {
    let session = Session::alone(client).await?;
    let rows = client.simple_query(QUERY).await;
    session.close(client).await?;
    let mut found = Dependencies::default();
    for row in &rows.fault()? {
        let SimpleQueryMessage::Row(row) = row else { continue };
        let object = |at: usize| Some(ObjectId::new(ObjectKind::from_word(row.get(at)?)?, row.get(at + 1)?));
        if let (Some(object), Some(needs)) = (object(0), object(2)) {
            found.insert(object, needs);
        }
    }
    Ok(found)
}
