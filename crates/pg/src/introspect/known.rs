//! Every column of every catalog that this version knows, and as what it is read (`catalogs.tsv`); what a server has
//! beyond that.
//! Out: reading them. Called by the reading of a server that is newer than this version, by tests, and by the reference.

use super::ask::Asker;
use groundline_core::{Major, Result};
use std::collections::BTreeMap;
use std::collections::BTreeSet;

const TABLE: &str = include_str!("catalogs.tsv");

/// The newest major whose catalogs stand in the table.
pub(super) const NEWEST: u16 = 18;

const COLUMNS: &str = "SELECT c.relname::text, a.attname::text FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid \
    WHERE c.relnamespace = 'pg_catalog'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped";

/// A column of a catalog.
pub(super) struct Known {
    pub catalog: &'static str,
    pub column: &'static str,
    /// `14+`, `15-16`.
    pub majors: &'static str,
    /// The property, or after `-:` why it is none.
    pub read_as: &'static str,
}

/// All of them, in the order of names.
pub(super) fn columns() -> impl Iterator<Item = Known> {
    TABLE.lines().filter(|line| !line.starts_with('#')).filter_map(|line| {
        let mut cells = line.split('\t');
        Some(Known {
            catalog: cells.next()?,
            column: cells.next()?,
            majors: cells.next()?,
            read_as: cells.next()?,
        })
    })
}

/// Whether a server's catalogs may have columns that are not in the table.
pub(super) fn may_lack(major: Major) -> bool {
    major.number() > NEWEST
}

/// What a server has in its catalogs and the table has not, a sentence for each catalog.
pub(super) async fn unknown(asker: &Asker<'_>) -> Result<Vec<String>> {
    let known: BTreeSet<(&str, &str)> = columns().map(|known| (known.catalog, known.column)).collect();
    let rows = asker.rows(COLUMNS, &[]).await?;
    let mut unknown: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (catalog, column) in rows.iter().map(|row| (row.get(0), row.get(1))) {
        if !known.contains(&(catalog, column)) {
            unknown.entry(catalog).or_default().push(column);
        }
    }
    let sentence = |(catalog, mut columns): (&str, Vec<&str>)| {
        columns.sort_unstable();
        let columns = columns.join(", ");
        match known.iter().any(|(known, _)| *known == catalog) {
            true => format!("the catalog {catalog} has columns that are unknown and not read: {columns}"),
            false => format!("the catalog {catalog} is unknown and not read: {columns}"),
        }
    };
    Ok(unknown.into_iter().map(sentence).collect())
}
