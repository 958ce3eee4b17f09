//! The page of histories: every layout with its history table, as the registries of both have them.
//! Out: the registries. Called by the test that keeps `docs/reference/histories.md` true.

use super::{Dialect, for_layout};
use groundline_migrate::layout::{self, Facts};
use std::fmt::Write as _;

const HEAD: &str = "\
# Histories: folders and history tables

<!-- Made from the registries of layouts and dialects:
     `GROUNDLINE_UPDATE=1 cargo test --package groundline-pg --test onboard reference` writes it anew. -->

Groundline reads and writes each of these as the tool itself does, so that either can take over from the other at any
time. The table is looked for in the schema `public`, the tools' default. `groundline repair` explains what a table says;
`groundline adopt --to LAYOUT` copies a history from one to another.
";

/// The page, in Markdown.
pub fn reference() -> String {
    let mut page = HEAD.to_owned();
    for layout in layout::all() {
        let facts = layout.facts();
        let _ = write!(page, "\n## {}\n\n", facts.title);
        match for_layout(facts.id) {
            Some(dialect) => of_dialect(&mut page, facts, dialect),
            None => of_layout(&mut page, facts),
        }
    }
    page
}

fn of_layout(page: &mut String, facts: &Facts) {
    page.push_str("| | |\n|---|---|\n");
    let rows = [
        ("layout", format!("`{}`", facts.id)),
        ("files", facts.files.to_owned()),
        ("order", facts.order.to_owned()),
        ("outside a transaction", facts.outside.to_owned()),
        ("downs", facts.downs.to_owned()),
        ("read off", facts.source.to_owned()),
    ];
    for (name, said) in rows {
        let _ = writeln!(page, "| {name} | {} |", said.replace('|', "\\|"));
    }
}

fn of_dialect(page: &mut String, facts: &Facts, dialect: &dyn Dialect) {
    of_layout(page, facts);
    let (schema, table) = dialect.table();
    let versions = match (dialect.keeps_newest_only(), dialect.has_baselines()) {
        (true, _) => "one row with the newest version, which stands for itself and all before it",
        (_, true) => "a row a version; the oldest may be a baseline, which stands for all before it",
        _ => "a row a version",
    };
    let repeatable =
        if dialect.records_repeatable() { "; repeatable ones have rows without a version" } else { "" };
    let failed = match dialect.failed() {
        Some(_) => "recorded; the tool refuses to go on until somebody settled it: `groundline repair`",
        None => "not recorded",
    };
    let rows = [
        ("history table", format!("`{schema}.{table}`")),
        ("versions", format!("{versions}{repeatable}")),
        ("a revision that failed half-way", failed.to_owned()),
        (
            "checksum",
            dialect.checksum_words().unwrap_or("none: an edit of an applied file is not noticed").to_owned(),
        ),
    ];
    for (name, said) in rows {
        let _ = writeln!(page, "| {name} | {said} |");
    }
    let _ = match dialect.is_written_by_tool() {
        true => write!(page, "\nMade and written by the tool itself.\n"),
        false => write!(page, "\n```sql\n{}\n```\n", dialect.create()),
    };
}
