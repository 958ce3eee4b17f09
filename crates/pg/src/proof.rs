//! Proof of rows: the tables of a database before a migration against the same tables after it, each as a number
//! of rows and an order-independent digest of the columns that both sides have.
//! Out: what the verdicts mean for a check (`evidence`); sequences, large objects, materialized views, foreign
//! tables, and the tables of extensions.
//! Called by the onboarding.
//!
//! The server computes: SHA-256 of each row's text, added up as four numbers of 64 bits. Rows are neither sorted
//! nor sent, so the size of a table costs time and no memory. A sum counts a row as often as it is there, which
//! an exclusive or would not. It shows what went wrong by accident; it is no seal against somebody who computes
//! rows so that their sums agree.
//!
//! The text of a row is what PostgreSQL's output functions print, in a session with fixed settings: every type
//! has one (`json` and `xml`, too, which have no equality), NULL is not the empty string, and a number of another
//! type (`integer` that became `bigint`) is the same as long as it prints the same. `1.0` that became `1.00` is
//! another value. A table is the same by schema and name, a column by name.

mod sums;

pub use sums::{TableSum, freeze, release, sums};

use crate::client;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use groundline_core::{Digest, Fault, Hasher, Place, Result, quote_ident, quote_qualified};
use groundline_migrate::outcome::{DataVerdict, TableProof};
use std::collections::{BTreeMap, BTreeSet};
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, SimpleQueryMessage};

/// Tables whose queries are on their way to the server at once, for each side.
const AHEAD: usize = 8;

/// The known state: one snapshot of all tables, nothing written, one way to print each value, and an error where
/// row level security would hide rows. Source: PostgreSQL manual, 20.11 "Client Connection Defaults".
const OPEN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; \
    SET LOCAL search_path = pg_catalog, pg_temp; \
    SET LOCAL row_security = off; \
    SET LOCAL TimeZone = 'UTC'; \
    SET LOCAL DateStyle = 'ISO, YMD'; \
    SET LOCAL IntervalStyle = 'postgres'; \
    SET LOCAL extra_float_digits = 3; \
    SET LOCAL bytea_output = 'hex'; \
    SET LOCAL lc_monetary = 'C'; \
    SET LOCAL quote_all_identifiers = off; \
    SET LOCAL statement_timeout = 0; \
    SET LOCAL idle_in_transaction_session_timeout = 0; \
    SET LOCAL jit = off";

/// Ends the transaction, and with it its settings. Nothing was written.
const CLOSE: &str = "ROLLBACK";

/// Compares the rows of all tables of `before` but those of `bookkeeping` (schema and name) with `after`. One
/// entry a table of `before`, sorted by schema and name. A partitioned table stands for its partitions, whose
/// rows are counted wherever they lie; a parent in old-style inheritance does not stand for its children. Tables
/// that only `after` has are none of its business.
///
/// Neither client may be in a transaction; afterwards both sessions are as they were.
///
/// # Errors
/// A table can't be read: a missing privilege, row level security, a damaged page. The fault names it.
pub async fn prove(
    before: &Client,
    after: &Client,
    bookkeeping: &[(&'static str, &'static str)],
) -> Result<Vec<TableProof>> {
    let proofs = prove_within(before, after, bookkeeping).await;
    let closed = tokio::join!(run(before, CLOSE), run(after, CLOSE));
    let proofs = proofs?;
    closed.0.and(closed.1)?;
    Ok(proofs)
}

async fn prove_within(
    before: &Client,
    after: &Client,
    bookkeeping: &[(&'static str, &'static str)],
) -> Result<Vec<TableProof>> {
    let (there, here) = tokio::try_join!(survey(before), survey(after))?;
    let bytes = Bytes::for_both(&there, &here);
    let pairs: Vec<Pair> = there
        .tables
        .iter()
        .filter(|((schema, name), table)| {
            table.stands_alone && !bookkeeping.contains(&(schema.as_str(), name.as_str()))
        })
        .map(|(name, table)| Pair::new(name, table, here.tables.get(name)))
        .collect();
    let (sums_before, sums_after) = tokio::try_join!(
        add_up(before, &pairs, Pair::parts_before, bytes),
        add_up(after, &pairs, Pair::parts_after, bytes),
    )?;
    let sums = sums_before.iter().zip(&sums_after);
    Ok(pairs.iter().zip(sums).map(|(pair, (before, after))| pair.proof(before, after)).collect())
}

async fn run(client: &Client, sql: &str) -> Result<()> {
    client.batch_execute(sql).await.map_err(|error| client::fault(&error))
}

/// Schema and name.
type Name = (String, String);

/// What one side has.
struct Side {
    encoding: String,
    tables: BTreeMap<Name, Table>,
}

/// A table of one side.
struct Table {
    columns: Vec<String>,
    /// The tables that hold its rows: itself, or the partitions that are no partitioned tables themselves.
    parts: Vec<Name>,
    /// Whether it is no partition of another table in the list.
    stands_alone: bool,
}

/// A partition's ancestors include itself.
const TABLES: &str = "SELECT n.nspname::text, c.relname::text, c.relkind = 'r', c.oid, \
        CASE WHEN c.relispartition THEN ARRAY(SELECT relid::oid FROM pg_partition_ancestors(c.oid)) \
             ELSE ARRAY[c.oid] END, \
        ARRAY(SELECT a.attname::text FROM pg_attribute a \
              WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum) \
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
    WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't' \
        AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_' \
        AND NOT EXISTS (SELECT FROM pg_depend d \
                        WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')";

/// Opens the transaction of a side and lists its tables.
async fn survey(client: &Client) -> Result<Side> {
    run(client, OPEN).await?;
    list(client).await
}

/// Lists the tables that a session sees.
async fn list(client: &Client) -> Result<Side> {
    let fault = |error| client::fault(&error);
    let encoding = client.query_one("SELECT current_setting('server_encoding')", &[]).await.map_err(fault)?;
    let rows = client.query(TABLES, &[]).await.map_err(fault)?;
    let listed: BTreeSet<u32> = rows.iter().map(|row| row.get(3)).collect();
    let mut parts: BTreeMap<u32, Vec<Name>> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.get(2)) {
        for ancestor in row.get::<_, Vec<u32>>(4) {
            parts.entry(ancestor).or_default().push((row.get(0), row.get(1)));
        }
    }
    let tables = rows.iter().map(|row| {
        let oid: u32 = row.get(3);
        let ancestors: Vec<u32> = row.get(4);
        let stands_alone = !ancestors.iter().any(|ancestor| *ancestor != oid && listed.contains(ancestor));
        let parts = parts.remove(&oid).unwrap_or_default();
        ((row.get(0), row.get(1)), Table { columns: row.get(5), parts, stands_alone })
    });
    Ok(Side { encoding: encoding.get(0), tables: tables.collect() })
}

/// Which bytes of a row's text are hashed.
#[derive(Clone, Copy)]
enum Bytes {
    /// Those in memory: both databases have one encoding. `SQL_ASCII` has no other.
    AsTheyAre,
    /// In UTF-8.
    Utf8,
}

impl Bytes {
    fn for_both(one: &Side, other: &Side) -> Self {
        match one.encoding == other.encoding {
            true => Bytes::AsTheyAre,
            false => Bytes::Utf8,
        }
    }

    /// The encoding, as an argument of `convert_to`.
    fn argument(self) -> &'static str {
        match self {
            Bytes::AsTheyAre => "getdatabaseencoding()",
            Bytes::Utf8 => "'UTF8'",
        }
    }
}

/// A table of `before` and what it is now.
struct Pair<'a> {
    name: &'a Name,
    before: &'a Table,
    after: Option<&'a Table>,
    /// Columns of both, in the order of `before`; none when the table is gone.
    columns: Vec<String>,
}

impl<'a> Pair<'a> {
    fn new(name: &'a Name, before: &'a Table, after: Option<&'a Table>) -> Self {
        let now: BTreeSet<&String> = after.iter().flat_map(|table| &table.columns).collect();
        let columns = before.columns.iter().filter(|column| now.contains(column)).cloned().collect();
        Self { name, before, after, columns }
    }

    fn parts_before(&self) -> &[Name] {
        &self.before.parts
    }

    fn parts_after(&self) -> &[Name] {
        self.after.map_or(&[], |table| &table.parts)
    }

    fn proof(&self, before: &Sums, after: &Sums) -> TableProof {
        let digest_before = before.digest(&self.columns);
        let digest_after = self.after.map(|_| after.digest(&self.columns));
        let rows_after = self.after.map(|_| after.rows);
        TableProof {
            table: format!("{}.{}", self.name.0, self.name.1),
            columns: self.columns.clone(),
            rows_before: before.rows,
            rows_after,
            digest_before,
            digest_after,
            verdict: verdict(before.rows, rows_after, Some(digest_before) == digest_after),
        }
    }
}

fn verdict(before: u64, after: Option<u64>, same_values: bool) -> DataVerdict {
    match after {
        None => DataVerdict::RowsLost,
        Some(after) if after < before => DataVerdict::RowsLost,
        Some(after) if after > before => DataVerdict::RowsAdded,
        Some(_) if same_values => DataVerdict::Same,
        Some(_) => DataVerdict::ValuesChanged,
    }
}

/// The rows of a table, added up. The lanes are the four parts of 64 bits of a row's SHA-256, as signed numbers:
/// 2^64 rows do not overflow their sums.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Sums {
    rows: u64,
    lanes: [i128; 4],
}

impl Sums {
    fn add(&mut self, other: Sums) {
        self.rows += other.rows;
        for (lane, more) in self.lanes.iter_mut().zip(other.lanes) {
            *lane = lane.wrapping_add(more);
        }
    }

    fn digest(&self, columns: &[String]) -> Digest {
        let mut hasher = Hasher::default();
        hasher.field(self.rows.to_le_bytes());
        for lane in self.lanes {
            hasher.field(lane.to_le_bytes());
        }
        for column in columns {
            hasher.field(column);
        }
        hasher.finish()
    }

    /// Reads the one row of `query`.
    fn read(messages: &[SimpleQueryMessage]) -> Option<Self> {
        let row = messages.iter().find_map(|message| match message {
            SimpleQueryMessage::Row(row) => Some(row),
            _ => None,
        })?;
        let mut sums = Sums { rows: row.get(0)?.parse().ok()?, ..Sums::default() };
        for (at, lane) in sums.lanes.iter_mut().enumerate() {
            *lane = row.get(at + 1)?.parse().ok()?;
        }
        Some(sums)
    }
}

/// The sums of each pair's table on one side, whose parts `of` gives.
async fn add_up<'a>(
    client: &Client,
    pairs: &'a [Pair<'a>],
    of: fn(&'a Pair<'a>) -> &'a [Name],
    bytes: Bytes,
) -> Result<Vec<Sums>> {
    let jobs = pairs.iter().enumerate().flat_map(|(at, pair)| {
        of(pair).iter().map(move |part| (at, part, query(part, &pair.columns, bytes)))
    });
    let asked = jobs.map(|(at, part, query)| async move {
        let answer = client.simple_query(&query).await.map_err(|error| unreadable(part, &error))?;
        let sums = Sums::read(&answer);
        let sums = sums.ok_or_else(|| {
            Fault::new("the server's answer has no sums of the rows").at(Place::Object(title(part)))
        })?;
        Ok::<_, Fault>((at, sums))
    });
    let mut all = vec![Sums::default(); pairs.len()];
    let mut answers = std::pin::pin!(stream::iter(asked).buffered(AHEAD));
    while let Some((at, sums)) = answers.try_next().await? {
        all[at].add(sums);
    }
    Ok(all)
}

/// One pass over one table. `OFFSET 0` keeps the planner from merging the levels, which would compute the hash
/// four times a row. The savepoint gives back the locks on the table and its indexes, so that thousands of tables
/// fit into the server's lock table; the snapshot stays that of the transaction.
fn query((schema, name): &Name, columns: &[String], bytes: Bytes) -> String {
    let table = quote_qualified(schema, name);
    let select = match columns {
        [] => format!("SELECT count(*), 0, 0, 0, 0 FROM ONLY {table}"),
        columns => {
            let columns: Vec<String> =
                columns.iter().map(|name| format!("t.{}", quote_ident(name))).collect();
            let row = format!("ROW({})::text", columns.join(", "));
            let hash = format!("encode(sha256(convert_to({row}, {})), 'hex')", bytes.argument());
            let lane = |at: usize| format!("coalesce(sum(substring(h, {}, 64)::bigint), 0)", at * 64 + 1);
            let lanes = [0, 1, 2, 3].map(lane).join(", ");
            format!(
                "SELECT count(*), {lanes} \
                 FROM (SELECT ('x' || {hash})::bit(256) AS h FROM ONLY {table} t OFFSET 0) hashed"
            )
        }
    };
    format!("SAVEPOINT part; {select}; ROLLBACK TO part; RELEASE part")
}

fn title((schema, name): &Name) -> String {
    format!("table {schema}.{name}")
}

fn unreadable(part: &Name, error: &tokio_postgres::Error) -> Fault {
    let said = client::fault(error);
    let why = [Some(said.what), said.why].into_iter().flatten().collect::<Vec<_>>().join("\n");
    let fault = Fault::new(format!("the rows of {} could not be read", title(part)));
    let fault = Fault { sqlstate: said.sqlstate, ..fault.at(Place::Object(title(part))).why(why) };
    match error.code() == Some(&SqlState::INSUFFICIENT_PRIVILEGE) {
        true => fault.next("connect as a role that may read every row: a superuser, or one with BYPASSRLS"),
        false => fault,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fewer_rows_weigh_more_than_other_values() {
        assert_eq!(verdict(2, Some(2), true), DataVerdict::Same);
        assert_eq!(verdict(2, Some(2), false), DataVerdict::ValuesChanged);
        assert_eq!(verdict(2, Some(3), false), DataVerdict::RowsAdded);
        assert_eq!(verdict(2, Some(1), false), DataVerdict::RowsLost);
        assert_eq!(verdict(0, None, false), DataVerdict::RowsLost);
    }

    #[test]
    fn names_are_quoted_wherever_they_stand() {
        let name = ("a".to_owned(), "b\"; DROP TABLE c".to_owned());
        let query = query(&name, &["d\"".to_owned()], Bytes::AsTheyAre);
        assert!(query.contains(r#"ROW(t."d""")::text"#), "{query}");
        assert!(query.contains(r#"FROM ONLY "a"."b""; DROP TABLE c" t"#), "{query}");
    }
}
