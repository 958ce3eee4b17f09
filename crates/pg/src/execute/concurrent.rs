//! What builds or drops indexes, or detaches partitions, without blocking: looked at before, cleaned up after a failure,
//! settled after a run that died. PostgreSQL leaves an INVALID index behind where CREATE INDEX CONCURRENTLY fails, which
//! costs writes, serves no query, and hides behind IF NOT EXISTS.
//! Out: sending the statement (`alone`). Called by it. Source: PostgreSQL manual, CREATE INDEX, "Building Indexes
//! Concurrently"; REINDEX, "Rebuilding Indexes Concurrently"; ALTER TABLE, DETACH PARTITION.

use super::Run;
use crate::client::{Client, OrFault as _};
use groundline_core::{Fault, Place, Result, quote_qualified};
use groundline_sql::Concurrent;
use serde_json::{Value, json};
use tokio_postgres::Row;
use tokio_postgres::types::Type;

/// How a statement that was begun is settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Settled {
    Done,
    Again,
}

/// The indexes that were there before a statement: by OID, those of its table, or all invalid ones.
#[derive(Debug, Default)]
pub(super) struct Before {
    indexes: Vec<u32>,
}

/// An index.
struct Found {
    oid: u32,
    schema: String,
    name: String,
    is_valid: bool,
    is_unique: bool,
    definition: String,
}

const FOUND: &str = "SELECT c.oid, n.nspname::text, c.relname::text, i.indisvalid AND i.indisready, i.indisunique, \
    pg_get_indexdef(c.oid) FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid \
    JOIN pg_namespace AS n ON n.oid = c.relnamespace";

impl Before {
    /// For the journal.
    pub fn written(&self) -> Value {
        json!({ "indexes_before": self.indexes })
    }

    /// From the journal.
    pub fn read(detail: Option<&str>) -> Self {
        let detail: Value = detail.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        let oids = detail["indexes_before"].as_array().into_iter().flatten();
        Self { indexes: oids.filter_map(|oid| u32::try_from(oid.as_u64()?).ok()).collect() }
    }
}

impl Found {
    fn of(row: &Row) -> Self {
        Self {
            oid: row.get(0),
            schema: row.get(1),
            name: row.get(2),
            is_valid: row.get(3),
            is_unique: row.get(4),
            definition: row.get(5),
        }
    }

    fn quoted(&self) -> String {
        quote_qualified(&self.schema, &self.name)
    }

    /// The method, the keys and all that follows them.
    fn shape(&self) -> (bool, &str) {
        (self.is_unique, self.definition.split_once(" USING ").map_or("", |(_, shape)| shape))
    }
}

impl Run<'_> {
    /// What is there before a statement; nothing where it is done already.
    ///
    /// # Errors
    /// IF NOT EXISTS would hide an INVALID index, or another one.
    pub(super) async fn before(&self, kind: Option<&Concurrent>) -> Result<Option<Before>> {
        let client = &self.work;
        let indexes = match kind {
            Some(Concurrent::CreateIndex { name, table, if_not_exists, rest, unique }) => {
                if let (Some(name), true) = (name, *if_not_exists)
                    && let Some(there) = of_name(client, table, name).await?
                {
                    same(client, &there, table, (*unique, rest)).await?;
                }
                of_table(client, table).await?
            }
            Some(Concurrent::Detach { table, partition }) => {
                if is_pending(client, table, partition).await? == Some(true) {
                    self.finalize(client, table, partition).await?;
                    return Ok(None);
                }
                Vec::new()
            }
            Some(Concurrent::Reindex) => leftovers(client).await?,
            Some(Concurrent::DropIndex { .. }) | None => Vec::new(),
        };
        Ok(Some(Before { indexes: indexes.iter().map(|index| index.oid).collect() }))
    }

    /// Settles what an earlier run began.
    pub(super) async fn settle_concurrent(&self, kind: &Concurrent, before: &Before) -> Result<Settled> {
        let client = &self.work;
        match kind {
            Concurrent::CreateIndex { name, table, .. } => {
                let ours = made_since(client, table, name.as_deref(), before).await?;
                if ours.iter().any(|index| index.is_valid) {
                    return Ok(Settled::Done);
                }
                self.drop_indexes(client, &ours).await?;
                Ok(Settled::Again)
            }
            Concurrent::DropIndex { name } => {
                let there = client
                    .query_typed_one("SELECT to_regclass($1) IS NOT NULL", &[(name, Type::TEXT)])
                    .await
                    .fault()?;
                Ok(if there.get(0) { Settled::Again } else { Settled::Done })
            }
            Concurrent::Reindex => {
                self.drop_indexes(client, &reindexed_since(client, before).await?).await?;
                Ok(Settled::Again)
            }
            Concurrent::Detach { table, partition } => match is_pending(client, table, partition).await? {
                None => Ok(Settled::Done),
                Some(false) => Ok(Settled::Again),
                Some(true) => self.finalize(client, table, partition).await.map(|()| Settled::Done),
            },
        }
    }

    /// Removes what a statement left that failed. Where that fails, too, the next run does it.
    pub(super) async fn clean(&self, kind: Option<&Concurrent>, before: &Before) {
        let client = &self.work;
        let ours = match kind {
            Some(Concurrent::CreateIndex { name, table, .. }) => {
                made_since(client, table, name.as_deref(), before).await
            }
            Some(Concurrent::Reindex) => reindexed_since(client, before).await,
            _ => return,
        };
        let cleaned = match ours {
            Ok(ours) => {
                let invalid: Vec<Found> = ours.into_iter().filter(|index| !index.is_valid).collect();
                self.drop_indexes(client, &invalid).await
            }
            Err(fault) => Err(fault),
        };
        if let Err(fault) = cleaned {
            self.tell.note(&format!("an INVALID index stays; the next run drops it ({})", fault.what));
        }
    }

    async fn drop_indexes(&self, client: &Client, indexes: &[Found]) -> Result<()> {
        for index in indexes {
            self.tell.note(&format!(
                "dropping the INVALID index {}.{}, which was begun here",
                index.schema, index.name
            ));
            // It waits for the transactions that use the table, as building it did, and blocks nobody meanwhile.
            client.batch_execute("SET lock_timeout = 0; SET statement_timeout = '60s'").await.fault()?;
            client
                .batch_execute(&format!("DROP INDEX CONCURRENTLY IF EXISTS {}", index.quoted()))
                .await
                .fault()?;
        }
        Ok(())
    }

    async fn finalize(&self, client: &Client, table: &str, partition: &str) -> Result<()> {
        self.tell.note(&format!("finishing the detachment of {partition}, which is pending"));
        client.batch_execute(&self.timeouts("")).await.fault()?;
        // Names as the revision writes them.
        client
            .batch_execute(&format!("ALTER TABLE {table} DETACH PARTITION {partition} FINALIZE"))
            .await
            .fault()
    }
}

async fn of_table(client: &Client, table: &str) -> Result<Vec<Found>> {
    let query = format!("{FOUND} WHERE i.indrelid = to_regclass($1)");
    Ok(client.query_typed(&query, &[(&table, Type::TEXT)]).await.fault()?.iter().map(Found::of).collect())
}

/// The index of a name in the schema of a table, where CREATE INDEX would make it.
async fn of_name(client: &Client, table: &str, name: &str) -> Result<Option<Found>> {
    let query = format!(
        "{FOUND} WHERE c.relname = (parse_ident($2))[1] \
         AND c.relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = to_regclass($1))"
    );
    Ok(client
        .query_typed_opt(&query, &[(&table, Type::TEXT), (&name, Type::TEXT)])
        .await
        .fault()?
        .as_ref()
        .map(Found::of))
}

/// The indexes that a table has beyond those before; only those of a name, where there is one.
async fn made_since(client: &Client, table: &str, name: Option<&str>, before: &Before) -> Result<Vec<Found>> {
    let query = format!(
        "{FOUND} WHERE i.indrelid = to_regclass($1) AND c.oid <> ALL ($2) \
         AND c.relname = coalesce((parse_ident($3))[1], c.relname)"
    );
    let rows = client
        .query_typed(&query, &[(&table, Type::TEXT), (&before.indexes, Type::OID_ARRAY), (&name, Type::TEXT)])
        .await
        .fault()?;
    Ok(rows.iter().map(Found::of).collect())
}

/// Indexes that REINDEX CONCURRENTLY was building or had replaced when it failed.
async fn leftovers(client: &Client) -> Result<Vec<Found>> {
    let query = format!("{FOUND} WHERE NOT i.indisvalid AND c.relname ~ '_cc(new|old)[0-9]*$'");
    Ok(client.query_typed(&query, &[]).await.fault()?.iter().map(Found::of).collect())
}

async fn reindexed_since(client: &Client, before: &Before) -> Result<Vec<Found>> {
    let mut found = leftovers(client).await?;
    found.retain(|index| !before.indexes.contains(&index.oid));
    Ok(found)
}

/// Whether the detachment of a partition is pending; nothing where it is no partition of the table.
async fn is_pending(client: &Client, table: &str, partition: &str) -> Result<Option<bool>> {
    let query = "SELECT inhdetachpending FROM pg_inherits \
        WHERE inhparent = to_regclass($1) AND inhrelid = to_regclass($2)";
    Ok(client
        .query_typed_opt(query, &[(&table, Type::TEXT), (&partition, Type::TEXT)])
        .await
        .fault()?
        .map(|row| row.get(0)))
}

/// Whether an index that is there is the one that a statement would make.
///
/// # Errors
/// It is INVALID, or another one: IF NOT EXISTS would take it for done.
async fn same(client: &Client, there: &Found, table: &str, (unique, rest): (bool, &str)) -> Result<()> {
    let at = Place::Object(format!("index {}.{}", there.schema, there.name));
    if !there.is_valid {
        return Err(Fault::new("IF NOT EXISTS would take an INVALID index for done")
            .at(at)
            .why("a CREATE INDEX CONCURRENTLY of somebody else's failed, or still runs")
            .next(format!(
                "if nobody builds it: DROP INDEX CONCURRENTLY {}; then run it again",
                there.quoted()
            )));
    }
    let wanted = probe(client, table, unique, rest).await?;
    if wanted.shape() == there.shape()
        && of_table(client, table).await?.iter().any(|one| one.oid == there.oid)
    {
        return Ok(());
    }
    Err(Fault::new("IF NOT EXISTS would take another index for done")
        .at(at)
        .why(format!("there: {}\nwanted on {table}: {}", there.definition, wanted.shape().1))
        .next("give the new index a name of its own, or drop the old one in a revision"))
}

/// What the server makes of an index's definition: built on an empty temporary copy of the table, and rolled back.
async fn probe(client: &Client, table: &str, unique: bool, rest: &str) -> Result<Found> {
    let unique = if unique { "UNIQUE" } else { "" };
    let build = format!(
        "BEGIN; SET LOCAL lock_timeout = '2s'; CREATE TEMPORARY TABLE groundline_probe (LIKE {table} INCLUDING GENERATED); \
         CREATE {unique} INDEX groundline_probe_index ON pg_temp.groundline_probe {rest};"
    );
    let built = async {
        client.batch_execute(&build).await.fault()?;
        let query = format!("{FOUND} WHERE c.oid = 'pg_temp.groundline_probe_index'::regclass");
        client.query_typed_one(&query, &[]).await.fault().map(|row| Found::of(&row))
    };
    let built = built.await;
    client.batch_execute("ROLLBACK").await.fault()?;
    built
}
