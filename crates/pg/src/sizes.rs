//! How large a database's relations are, by its catalogs alone: no relation is opened, so no lock is taken or waited for.
//! Source: PostgreSQL manual, `pg_class` (`reltuples`, `relpages`: as of the last VACUUM, ANALYZE or CREATE INDEX), `pg_inherits`.
//! Out: what sizes mean (`lint::Sizes`). Called by `stats`, `lint` and `trace`.

use crate::client::{self, Client};
use groundline_core::Result;
use groundline_lint::{STATS_VERSION, Size, Sizes};
use groundline_sql::operation::Name;

/// Each table and materialized view with its indexes, its TOAST table and its partitions.
const SIZES: &str = "
    WITH RECURSIVE own AS (
        SELECT c.oid,
            CASE WHEN c.reltuples < 0 THEN NULL ELSE c.reltuples::bigint END AS rows,
            (c.relpages::bigint + coalesce(t.relpages, 0) + coalesce((
                SELECT sum(i.relpages) FROM pg_catalog.pg_index x
                JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid WHERE x.indrelid = c.oid
            ), 0)) * current_setting('block_size')::bigint AS bytes
        FROM pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_class t ON t.oid = c.reltoastrelid
        WHERE c.relkind IN ('r', 'm')
    ), family (root, member) AS (
        SELECT c.oid, c.oid FROM pg_catalog.pg_class c WHERE c.relkind IN ('r', 'p', 'm')
        UNION
        SELECT f.root, i.inhrelid FROM family f JOIN pg_catalog.pg_inherits i ON i.inhparent = f.member
    )
    SELECT n.nspname::text, c.relname::text,
        CASE WHEN bool_and(o.rows IS NOT NULL) THEN sum(o.rows)::bigint END, coalesce(sum(o.bytes), 0)::bigint
    FROM family f
    JOIN pg_catalog.pg_class c ON c.oid = f.root
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    JOIN own o ON o.oid = f.member
    WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_toast%'
        AND n.nspname NOT LIKE 'pg\\_temp%'
    GROUP BY 1, 2";

/// The sizes of all tables and materialized views that are not the server's own.
///
/// # Errors
/// The session is lost, or may not read the catalogs.
pub async fn read(client: &Client) -> Result<Sizes> {
    let rows = client.query(SIZES, &[]).await.map_err(|error| client::fault(&error))?;
    let number = |value: i64| u64::try_from(value).unwrap_or(0);
    let size = |row: &tokio_postgres::Row| {
        let name = Name { schema: Some(row.get(0)), name: row.get(1) };
        let rows: Option<i64> = row.get(2);
        (name.to_string(), Size { rows: rows.map(number), bytes: number(row.get(3)) })
    };
    Ok(Sizes { stats_version: STATS_VERSION, relations: rows.iter().map(size).collect() })
}
