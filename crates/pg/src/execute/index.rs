//! An index that is built or dropped concurrently: what is there of it, and taking an INVALID one away.
//! Called by `alone`.

use crate::client::OrFault as _;
use groundline_core::{Fault, Result, quote_qualified};
use groundline_sql::ConcurrentIndex;
use tokio_postgres::Client;

/// What is there under an index's name.
#[derive(Clone, Debug)]
pub(super) struct Found {
    /// Its quoted name with its schema.
    pub name: String,
    /// Whether it may be used.
    pub is_valid: bool,
    /// Whether it is of the table and uniqueness that are asked for.
    pub is_alike: bool,
    /// How the server prints it.
    pub definition: String,
}

/// Looks for the index that a CREATE INDEX CONCURRENTLY names, in the schema of its table.
pub(super) async fn find(client: &Client, wanted: &ConcurrentIndex<'_>) -> Result<Option<Found>> {
    let query = "SELECT n.nspname::text, i.relname::text, x.indisvalid, \
                 x.indrelid = t.oid AND x.indisunique = $3, pg_catalog.pg_get_indexdef(i.oid) \
                 FROM pg_catalog.pg_class t JOIN pg_catalog.pg_class i ON i.relnamespace = t.relnamespace \
                 JOIN pg_catalog.pg_namespace n ON n.oid = i.relnamespace \
                 JOIN pg_catalog.pg_index x ON x.indexrelid = i.oid \
                 WHERE t.oid = pg_catalog.to_regclass($1)::oid AND i.relname = (pg_catalog.parse_ident($2))[1]::name";
    let row = client.query_opt(query, &[&wanted.table, &wanted.name, &wanted.unique]).await.fault()?;
    Ok(row.map(|row| Found {
        name: quote_qualified(row.get(0), row.get(1)),
        is_valid: row.get(2),
        is_alike: row.get(3),
        definition: row.get(4),
    }))
}

/// Drops an index concurrently; readers and writers go on.
pub(super) async fn drop(client: &Client, found: &Found) -> Result<()> {
    client.batch_execute(&format!("DROP INDEX CONCURRENTLY IF EXISTS {}", found.name)).await.fault()
}

/// Refuses an index that is there and is not what the statement asks for.
pub(super) fn refuse(found: &Found, wanted: &ConcurrentIndex<'_>) -> Result<()> {
    let fault = |why: String, next: String| {
        Err(Fault::new(format!("index {} is there already", found.name)).why(why).next(next))
    };
    match (wanted.if_not_exists, found.is_valid, found.is_alike) {
        (_, false, _) => fault(
            format!("it is INVALID, and no run of this project made it: {}", found.definition),
            format!("see who made it, then: DROP INDEX CONCURRENTLY {}", found.name),
        ),
        (true, true, false) => fault(
            format!("IF NOT EXISTS would take it as it is, but it is another: {}", found.definition),
            "give the new index another name".to_owned(),
        ),
        _ => Ok(()),
    }
}
