//! What is read of a database, as the reference's page: kinds, properties, majors, and every column of every catalog.
//! Out: reading. Called by the test that keeps `docs/reference/catalog.md` true.

use super::known;
use super::printer::PRINTED;
use super::queries::{self, Query, RELATION_GRANTS};
use groundline_catalog::{NORMAL_FORM, ObjectKind, Profile};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// A property, and since which major it is there.
type Property = (String, u16);

/// The page, in Markdown.
pub fn reference() -> String {
    let mut page = format!(
        "# What is read of a database\n\n\
         <!-- Made from the reader's registries; `GROUNDLINE_UPDATE=1 cargo test --package groundline-pg --test catalog \
         reference` writes it anew. -->\n\n\
         Normal form {NORMAL_FORM}. A property that is at its default is not there. **full** marks what the profile \
         `schema` leaves out.\n\n## Kinds and properties\n\n| kind | property | PostgreSQL |\n|---|---|---|\n"
    );
    for (kind, properties) in kinds() {
        let mut first = kind_cell(kind);
        for (property, since) in properties {
            let full = if Profile::Schema.includes(kind) && !Profile::Schema.counts(kind, &property) {
                " (**full**)"
            } else {
                ""
            };
            let _ = writeln!(page, "| {first} | {property}{full} | {since}+ |");
            first.clear();
        }
    }
    page.push_str("\n## Catalogs\n\nEvery column of every catalog, and the property that it is read as.\n\n");
    page.push_str("| catalog | column | PostgreSQL | read as |\n|---|---|---|---|\n");
    let mut last = "";
    for known in known::columns() {
        let catalog = if known.catalog == last { String::new() } else { format!("`{}`", known.catalog) };
        last = known.catalog;
        let read_as = match known.read_as.strip_prefix("-: ") {
            Some(reason) => format!("not: {reason}"),
            None => known.read_as.to_owned(),
        };
        let _ = writeln!(page, "| {catalog} | `{}` | {} | {read_as} |", known.column, known.majors);
    }
    page
}

fn kind_cell(kind: ObjectKind) -> String {
    match Profile::Schema.includes(kind) {
        true => format!("**{kind}**"),
        false => format!("**{kind}** (**full**)"),
    }
}

/// All kinds with their properties.
fn kinds() -> BTreeMap<ObjectKind, Vec<Property>> {
    let mut kinds: BTreeMap<ObjectKind, Vec<Property>> = BTreeMap::new();
    for (kind, properties) in PRINTED {
        let properties = properties.iter().map(|(name, since)| ((*name).to_owned(), *since));
        kinds.entry(*kind).or_default().extend(properties);
    }
    for query in queries::all().iter().chain([&RELATION_GRANTS]) {
        for kind in kinds_of(query) {
            let known = kinds.entry(kind).or_default();
            for property in query.properties() {
                if !known.iter().any(|(name, _)| *name == property.0) {
                    known.push(property);
                }
            }
        }
    }
    kinds
}

/// The kinds that a query's rows can be of.
fn kinds_of(query: &Query) -> Vec<ObjectKind> {
    let words = query.kind_words();
    if words.is_empty() { vec![query.kind] } else { words }
}
