//! sql-migrate: one file with `-- +migrate Up` and `-- +migrate Down`.
//!
//! Source: rubenv/sql-migrate, `sqlparse/sqlparse.go` (lines that start with exactly `-- +migrate `, commands
//! case-sensitive, several parts a direction, text before the first is ignored, `notransaction` for each way)
//! and `migrate.go` (every `.sql` file; the file's name is the id; `Less`: numeric prefixes by value, then
//! names as text, those without a number last; table `gorp_migrations`).

use super::marks::{self, Mark};
use super::notes::Notes;
use super::scaffold::{Asked, NewFile, Style};
use super::source::Source;
use super::{Facts, Layout, Listing, Reading, Shape, down, pairs};
use crate::history::{Down, Revision, Step, Transaction};
use groundline_core::{Fault, Result, Span};

/// sql-migrate's folder.
pub struct SqlMigrate;

impl Layout for SqlMigrate {
    fn facts(&self) -> &'static Facts {
        &Facts {
            id: "sql-migrate",
            title: "sql-migrate",
            files: "`<name>.sql` with `-- +migrate Up` and `-- +migrate Down` in it",
            order: "by the number that the name starts with, then by name; names without a number last",
            outside: "`notransaction` after `-- +migrate Up` or `-- +migrate Down`, each for itself",
            downs: "the part after `-- +migrate Down`",
            table: "gorp_migrations",
            source: "rubenv/sql-migrate: migrate.go, sqlparse/sqlparse.go",
        }
    }

    fn shape(&self) -> Shape {
        Shape::Own
    }

    fn claims(&self, folder: &Listing) -> usize {
        folder.count_marked(Mark::SqlMigrate, |_| true)
    }

    fn read(&self, folder: &Listing) -> Result<Reading> {
        let mut notes = Notes::default();
        let mut files = Vec::new();
        for file in folder.sql_files() {
            let length = file.bytes().take_while(u8::is_ascii_digit).count();
            let number = if length == 0 { u64::MAX } else { pairs::bigint(folder, file, &file[..length])? };
            if length == 0 {
                notes.add("a file whose name does not start with a number runs after all that do", file);
            }
            files.push((number, file));
        }
        files.sort_unstable();
        let mut revisions = Vec::new();
        for (_, file) in files {
            let source = folder.source(file)?;
            notes.source(&source);
            let (up, down) = parts(&source, folder, &mut notes)?;
            let down = up.as_ref().map_or(Down::None, |up| down::of(up, down));
            let up = up.unwrap_or_else(|| source.step(Span::new(0, 0), Transaction::Wrapped));
            revisions.push(Revision {
                version: file.to_owned(),
                name: String::new(),
                repeatable: false,
                up,
                down,
            });
        }
        Ok(Reading { revisions, graph: None, notes: notes.into_faults(folder) })
    }

    /// With the sign after the number that the folder has; the tool's own is `-`.
    fn scaffold(&self, asked: &Asked<'_>) -> Result<Vec<NewFile>> {
        let sign = |last: &Revision| last.version.chars().find(|c| !c.is_ascii_digit());
        let sign = asked.last().and_then(sign).filter(|sign| *sign == '_').unwrap_or('-');
        let path = format!("{}{sign}{}.sql", asked.next_number(Style::Timestamp), asked.name);
        let marks = ["-- +migrate Up", "-- +migrate Down"]
            .map(|mark| mark.to_owned() + asked.outside(" notransaction"));
        let fence = ["-- +migrate StatementBegin", "-- +migrate StatementEnd"];
        Ok(asked.marked(path, marks.each_ref().map(String::as_str), Some(fence)))
    }
}

/// One direction's parts, in the order of the file.
#[derive(Default)]
struct Parts {
    sections: Vec<Span>,
    outside: bool,
}

impl Parts {
    fn step(&self, source: &Source) -> Option<Step> {
        let transaction = if self.outside { Transaction::MarkedOutside } else { Transaction::Wrapped };
        (!self.sections.is_empty()).then(|| source.step_of(&self.sections, transaction))
    }
}

/// Up and down, in this order.
fn parts(source: &Source, folder: &Listing, notes: &mut Notes) -> Result<(Option<Step>, Option<Step>)> {
    let fault = |what: &str, offset: usize| Fault::new(what).at(source.place(folder, offset));
    let mut both = [Parts::default(), Parts::default()];
    let mut current: Option<(usize, usize)> = None;
    let mut open = None;
    for line in source.lines() {
        let Some(words) = marks::sql_migrate(line.text) else {
            let text = line.text.trim();
            if current.is_none() && !text.is_empty() && !text.starts_with("--") {
                notes.add(
                    "text before the first `-- +migrate` is passed over, as in sql-migrate",
                    &source.file,
                );
            }
            continue;
        };
        match words.first().copied() {
            Some(direction @ ("Up" | "Down")) => {
                if let Some((which, start)) = current {
                    both[which].sections.push(Span::new(start, line.start));
                }
                let which = usize::from(direction == "Down");
                current = Some((which, line.next));
                both[which].outside |= words[1..].contains(&"notransaction");
            }
            Some("StatementBegin") => open = Some(line.start),
            Some("StatementEnd") => open = None,
            Some(other) => {
                notes.add(
                    &format!("the unknown command `{other}` is passed over, as in sql-migrate"),
                    &source.file,
                );
            }
            None => {
                return Err(fault("an incomplete `-- +migrate` line, which sql-migrate refuses", line.start));
            }
        }
    }
    if let Some(offset) = open {
        return Err(fault("`StatementBegin` without `StatementEnd`, which sql-migrate refuses", offset));
    }
    let Some((which, start)) = current else {
        return Err(Fault::new("the file has no `-- +migrate Up`")
            .at(folder.place(&source.file))
            .why("sql-migrate takes every `.sql` file in the folder for a migration"));
    };
    both[which].sections.push(Span::new(start, source.text.len()));
    let [up, down] = both;
    Ok((up.step(source), down.step(source)))
}
