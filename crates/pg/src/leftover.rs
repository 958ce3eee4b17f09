//! Indexes that are INVALID: what a CREATE INDEX CONCURRENTLY or a REINDEX that failed leaves behind. Each slows writes
//! and serves no query.
//! Out: taking them away. It only reads.
//! Called by `repair`.

use crate::client::OrFault as _;
use groundline_core::{Result, quote_qualified};
use serde::Serialize;
use tokio_postgres::Client;

/// An INVALID index that nobody is building.
#[derive(Clone, Debug, Serialize)]
pub struct InvalidIndex {
    /// Its quoted name with its schema.
    pub name: String,
    /// How the server prints it.
    pub definition: String,
    /// Whether a constraint is made of it, so that the constraint must be dropped, not the index.
    pub is_of_constraint: bool,
}

/// The INVALID indexes of a database, by name. One that is being built at this moment is not among them, nor is one of a
/// partitioned table, which is INVALID until all its partitions have it.
pub async fn invalid_indexes(client: &Client) -> Result<Vec<InvalidIndex>> {
    let query = "SELECT n.nspname::text, c.relname::text, pg_catalog.pg_get_indexdef(c.oid), \
                 EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.conindid = c.oid AND k.contype IN ('p', 'u', 'x')) \
                 FROM pg_catalog.pg_index x JOIN pg_catalog.pg_class c ON c.oid = x.indexrelid \
                 JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
                 WHERE NOT x.indisvalid AND c.relkind = 'i' AND n.nspname NOT LIKE 'pg\\_%' \
                 AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_progress_create_index p WHERE p.index_relid = c.oid) \
                 ORDER BY 1, 2";
    let rows = client.query(query, &[]).await.fault()?;
    let index = |row: &tokio_postgres::Row| InvalidIndex {
        name: quote_qualified(row.get(0), row.get(1)),
        definition: row.get(2),
        is_of_constraint: row.get(3),
    };
    Ok(rows.iter().map(index).collect())
}
