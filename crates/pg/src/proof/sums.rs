//! The rows of one database as numbers that can be kept, to be compared with another's later.
//! Out: comparing two that are at hand (`proof`). Called by backups.

use super::{Bytes, CLOSE, OPEN, Pair, Sums, add_up, list, run};
use crate::client;
use groundline_core::{Digest, Result};
use serde::{Deserialize, Serialize};
use tokio_postgres::Client;

/// The rows of one table, as numbers that can be kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableSum {
    /// `schema.table`.
    pub table: String,
    /// Its columns.
    pub columns: Vec<String>,
    /// Its rows.
    pub rows: u64,
    /// Order-independent digest of their values.
    pub digest: Digest,
}

/// Opens a transaction in the known state and exports its snapshot, for `pg_dump --snapshot`. [`release`] ends it.
///
/// # Errors
/// The server's.
pub async fn freeze(client: &Client) -> Result<String> {
    run(client, OPEN).await?;
    let row = client.query_one("SELECT pg_catalog.pg_export_snapshot()", &[]).await;
    row.map(|row| row.get(0)).map_err(|error| client::fault(&error))
}

/// The rows of all tables that the snapshot of [`freeze`] has, sorted by schema and name. The values are hashed in UTF-8, so
/// that databases of other encodings compare; those of `SQL_ASCII` as they are.
///
/// # Errors
/// A table can't be read.
pub async fn sums(client: &Client) -> Result<Vec<TableSum>> {
    let side = list(client).await?;
    let bytes = if side.encoding == "SQL_ASCII" { Bytes::AsTheyAre } else { Bytes::Utf8 };
    let alone = side.tables.iter().filter(|(_, table)| table.stands_alone);
    let pairs: Vec<Pair> = alone.map(|(name, table)| Pair::new(name, table, Some(table))).collect();
    let sums = add_up(client, &pairs, Pair::parts_before, bytes).await?;
    let sum = |(pair, sums): (&Pair, &Sums)| TableSum {
        table: format!("{}.{}", pair.name.0, pair.name.1),
        columns: pair.columns.clone(),
        rows: sums.rows,
        digest: sums.digest(&pair.columns),
    };
    Ok(pairs.iter().zip(&sums).map(sum).collect())
}

/// Ends the transaction of [`freeze`].
///
/// # Errors
/// The session is lost.
pub async fn release(client: &Client) -> Result<()> {
    run(client, CLOSE).await
}
