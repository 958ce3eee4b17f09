//! What is read of a database, as the reference's page: kinds, properties, majors, and every column of every catalog.
//! Out: reading. Called by the tests that keep `docs/reference/catalog.md` and the tables behind it true.

use super::known::{self, Known};
use super::printer::PRINTED;
use super::queries::{self, Query, RELATION_GRANTS};
use groundline_catalog::{ObjectKind, Profile};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// What a column can be read as beside properties: what an object is called, what it is, where it stands.
const NO_PROPERTIES: [&str; 3] = ["name", "kind", "place"];

const HEAD: &str = "\
# What is read of a database

<!-- Made from the reader's registries:
     `GROUNDLINE_UPDATE=1 cargo test --package groundline-pg --test catalog reference` writes it anew. -->

A snapshot holds objects; an object has a name and properties. A property that is at its default is not there.
What is taken as equal, and what is left out on purpose, is in [normal-form.md](normal-form.md). A server that is newer
than the majors of this page is read as far as it is known; what it has beyond is told, and not guessed.

**full** marks what the profile `schema` leaves out; `profile = \"full\"` under `[catalog]` has it.

## Kinds and properties

Where each comes from is a column of a catalog, as in the tables below.

";

const CATALOGS: &str = "
## Catalogs

Every column of every catalog of PostgreSQL 14 to 18, and what it is read as.

";

/// A property of a kind, and what is known of it.
#[derive(Default)]
struct Property {
    since: u16,
    /// The columns that it is read from, as they are known.
    sources: Vec<Known>,
}

type Properties = BTreeMap<String, Property>;

/// The page, in Markdown.
pub fn reference() -> String {
    let mut page = HEAD.to_owned();
    page.push_str("| kind | property | PostgreSQL | read from |\n|---|---|---|---|\n");
    for (kind, properties) in of_kinds() {
        let mut first = match Profile::Schema.includes(kind) {
            true => format!("**{kind}**"),
            false => format!("**{kind}** (**full**)"),
        };
        let mut read: Vec<_> =
            properties.iter().filter(|(_, property)| !property.sources.is_empty()).collect();
        read.sort_by_key(|(name, _)| !NO_PROPERTIES.contains(&name.as_str()));
        for (name, property) in read {
            let left_out = Profile::Schema.includes(kind) && !Profile::Schema.counts(kind, name);
            let full = if left_out { " (**full**)" } else { "" };
            let name =
                if NO_PROPERTIES.contains(&name.as_str()) { format!("*{name}*") } else { name.clone() };
            let _ =
                writeln!(page, "| {first} | {name}{full} | {} | {} |", property.majors(), property.columns());
            first.clear();
        }
    }
    page.push_str(CATALOGS);
    page.push_str("| catalog | columns | PostgreSQL | read as |\n|---|---|---|---|\n");
    catalogs(&mut page);
    page
}

/// The catalogs' columns, those together that are read alike.
fn catalogs(page: &mut String) {
    let columns: Vec<Known> = known::columns().collect();
    for of_catalog in columns.chunk_by(|one, next| one.catalog == next.catalog) {
        let mut catalog = format!("`{}`", of_catalog[0].catalog);
        let mut told = BTreeSet::new();
        for column in of_catalog {
            let same = |other: &&Known| other.majors == column.majors && other.read_as == column.read_as;
            if !told.insert((column.majors, column.read_as)) {
                continue;
            }
            let names: Vec<String> =
                of_catalog.iter().filter(same).map(|known| format!("`{}`", known.column)).collect();
            let read_as = match column.reason() {
                Some(reason) => format!("not: {reason}"),
                None => column.read_as.to_owned(),
            };
            let _ = writeln!(page, "| {catalog} | {} | {} | {read_as} |", names.join(", "), column.majors);
            catalog.clear();
        }
    }
}

/// Every property that an object of a kind can have.
pub fn properties() -> BTreeSet<(ObjectKind, String)> {
    let read = |(kind, properties): (ObjectKind, Properties)| {
        let read = properties.into_iter().filter(|(_, property)| !property.sources.is_empty());
        read.map(move |(name, _)| (kind, name)).collect::<Vec<_>>()
    };
    of_kinds().into_iter().flat_map(read).collect()
}

/// All kinds with the properties that the reader's registries name, and with where the table of catalogs says that they
/// come from.
fn of_kinds() -> BTreeMap<ObjectKind, Properties> {
    let mut kinds = registered();
    for column in known::columns() {
        for (kind, name) in read_as(&column) {
            if let Some(property) = kinds.get_mut(&kind).and_then(|properties| properties.get_mut(name)) {
                property.sources.push(Known { ..column });
            }
        }
    }
    kinds
}

/// The properties that a column is read as, by kind, and the other words for every kind that is named.
fn read_as(column: &Known) -> Vec<(ObjectKind, &'static str)> {
    let own = known::kinds(column.catalog);
    let pairs = column.parts().into_iter().flat_map(|part| {
        let kinds = match part.kinds.is_empty() {
            true => own.clone(),
            false => part.kinds.iter().filter_map(|word| ObjectKind::from_word(word)).collect(),
        };
        kinds
            .into_iter()
            .flat_map(move |kind| part.properties.clone().into_iter().map(move |name| (kind, name)))
    });
    pairs.collect()
}

/// All kinds with the properties that the queries and the printer name.
fn registered() -> BTreeMap<ObjectKind, Properties> {
    let mut kinds: BTreeMap<ObjectKind, Properties> = BTreeMap::new();
    let mut add = |kind: ObjectKind, name: String, since: u16| {
        let properties = kinds.entry(kind).or_insert_with(|| {
            let others = NO_PROPERTIES.iter().filter(|name| **name != "kind");
            others.map(|name| ((*name).to_owned(), Property { since: 14, ..Property::default() })).collect()
        });
        properties.entry(name).or_insert(Property { since, ..Property::default() });
    };
    for (kind, properties) in PRINTED {
        properties.iter().for_each(|(name, since)| add(*kind, (*name).to_owned(), *since));
    }
    for query in queries::all().iter().chain([&RELATION_GRANTS]) {
        for kind in kinds_of(query) {
            query.properties().into_iter().for_each(|(name, since)| add(kind, name, since));
        }
    }
    kinds
}

/// The kinds that a query's rows can be of.
fn kinds_of(query: &Query) -> Vec<ObjectKind> {
    let words = query.kind_words();
    if words.is_empty() { vec![query.kind] } else { words }
}

impl Property {
    /// The majors that have it: `14+`, `15-16`.
    fn majors(&self) -> String {
        let bounds = |known: &Known| match known.majors.split_once('-') {
            Some((from, until)) => (from.parse().unwrap_or_default(), until.parse().ok()),
            None => (known.majors.trim_end_matches('+').parse().unwrap_or_default(), None),
        };
        let bounds: Vec<(u16, Option<u16>)> = self.sources.iter().map(bounds).collect();
        let from = bounds.iter().map(|(from, _)| *from).min().unwrap_or_default().max(self.since);
        let until: Option<Vec<u16>> = bounds.iter().map(|(_, until)| *until).collect();
        match until.and_then(|until| until.into_iter().max()) {
            Some(until) => format!("{from}-{until}"),
            None => format!("{from}+"),
        }
    }

    /// The columns that it is read from, by catalog.
    fn columns(&self) -> String {
        let of_catalog = |columns: &[Known]| {
            let names: Vec<&str> = columns.iter().map(|known| known.column).collect();
            format!("`{}`: {}", columns[0].catalog, names.join(", "))
        };
        let catalogs = self.sources.chunk_by(|one, next| one.catalog == next.catalog);
        catalogs.map(of_catalog).collect::<Vec<_>>().join("; ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_is_read_as_a_property_that_there_is() {
        let kinds = registered();
        let there = |kind: &ObjectKind, name: &str| {
            name == "kind" || kinds.get(kind).is_some_and(|properties| properties.contains_key(name))
        };
        let mut wrong = Vec::new();
        for column in known::columns() {
            for part in column.parts() {
                let named: Vec<_> = part.kinds.iter().map(|word| ObjectKind::from_word(word)).collect();
                for name in &part.properties {
                    let right = match named.is_empty() {
                        true => known::kinds(column.catalog).iter().any(|kind| there(kind, name)),
                        false => named.iter().all(|kind| kind.is_some_and(|kind| there(&kind, name))),
                    };
                    if !right {
                        wrong.push(format!("{}.{}: {name}", column.catalog, column.column));
                    }
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn every_property_is_read_from_a_column() {
        let from = of_kinds();
        let has_source = |kind: &ObjectKind, name: &str| !from[kind][name].sources.is_empty();
        let printed =
            PRINTED.iter().flat_map(|(kind, names)| names.iter().map(move |(name, _)| (kind, name)));
        let mut wrong: Vec<String> = printed
            .filter(|(kind, name)| !has_source(kind, name))
            .map(|(kind, name)| format!("{kind}: {name}"))
            .collect();
        for query in queries::all() {
            let kinds = kinds_of(query);
            let names = query.properties().into_iter().map(|(name, _)| name);
            let lost = names.filter(|name| !kinds.iter().any(|kind| has_source(kind, name)));
            wrong.extend(lost.map(|name| format!("{kinds:?}: {name}")));
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}
