//! Every column of every catalog that this version knows, and as what it is read (`catalogs.tsv`); what a server has
//! beyond that.
//! Out: reading them. Called by the reading of a server that is newer than this version, by tests, and by the reference.

use super::ask::Asker;
use groundline_catalog::ObjectKind;
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
    /// The properties, or after `-:` why there is none.
    pub read_as: &'static str,
}

/// Properties that a column is read as, and the kinds that have them.
pub(super) struct ReadAs {
    /// Empty where the properties are those of the catalog's own kinds.
    pub kinds: Vec<&'static str>,
    pub properties: Vec<&'static str>,
}

impl Known {
    /// Why it is read as nothing, if so.
    pub fn reason(&self) -> Option<&'static str> {
        self.read_as.strip_prefix("-: ")
    }

    /// What it is read as, in parts: `kind, kind: property, property; …`, a remark in brackets behind.
    pub fn parts(&self) -> Vec<ReadAs> {
        if self.reason().is_some() {
            return Vec::new();
        }
        let words = |text: &'static str| text.split(", ").collect();
        let said = self.read_as.split_once(" (").map_or(self.read_as, |(said, _)| said);
        let part = |part: &'static str| match part.split_once(": ") {
            Some((kinds, properties)) => ReadAs { kinds: words(kinds), properties: words(properties) },
            None => ReadAs { kinds: Vec::new(), properties: words(part) },
        };
        said.split("; ").map(part).collect()
    }
}

/// All columns, in the order of catalogs.
pub(super) fn columns() -> impl Iterator<Item = Known> {
    lines().filter(|known| known.column != "*")
}

/// The kinds that the properties of a catalog's columns are of.
pub(super) fn kinds(catalog: &str) -> Vec<ObjectKind> {
    let Some(line) = lines().find(|line| line.catalog == catalog && line.column == "*") else {
        return Vec::new();
    };
    match line.read_as {
        "any" => ObjectKind::ALL.to_vec(),
        words => words.split(", ").filter_map(ObjectKind::from_word).collect(),
    }
}

fn lines() -> impl Iterator<Item = Known> {
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
