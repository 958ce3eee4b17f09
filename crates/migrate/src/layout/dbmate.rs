//! dbmate: one file with `-- migrate:up` and `-- migrate:down`.
//!
//! Source: amacneil/dbmate, `pkg/dbmate/migration.go` (the marks, `transaction:false` for each way, nothing but
//! comments before the first, an up and a down in that order) and `pkg/dbmate/db.go` (names `^(\d+).*\.sql$`,
//! the digits as text are the version, sorted by file name, table `schema_migrations`).

use super::marks::{self, Mark};
use super::notes::Notes;
use super::pairs;
use super::scaffold::{Asked, NewFile, Style};
use super::source::Source;
use super::{Facts, Layout, Listing, Reading, Shape, down};
use crate::history::{Revision, Step, Transaction};
use groundline_core::{Fault, Result, Span};
use std::collections::HashMap;

/// dbmate's folder.
pub struct Dbmate;

impl Layout for Dbmate {
    fn facts(&self) -> &'static Facts {
        &Facts {
            id: "dbmate",
            title: "dbmate",
            files: "`<n>_<name>.sql` with `-- migrate:up` and `-- migrate:down` in it",
            order: "by the file's name, as text: 10 before 9",
            outside: "`transaction:false` after `-- migrate:up` or `-- migrate:down`, each for itself",
            downs: "the part after `-- migrate:down`",
            table: "schema_migrations",
            source: "amacneil/dbmate: pkg/dbmate/migration.go, pkg/dbmate/db.go",
        }
    }

    fn shape(&self) -> Shape {
        Shape::Own
    }

    fn claims(&self, folder: &Listing) -> usize {
        folder.count_marked(Mark::Dbmate, |file| digits(file).is_some())
    }

    fn read(&self, folder: &Listing) -> Result<Reading> {
        let mut notes = Notes::default();
        let mut seen: HashMap<&str, &str> = HashMap::new();
        let mut revisions = Vec::new();
        for file in folder.sql_files() {
            let Some((version, rest)) = digits(file) else {
                notes.add("a file whose name does not start with a number is left out", file);
                continue;
            };
            if let Some(first) = seen.insert(version, file) {
                return Err(pairs::duplicate(folder, version, first, file));
            }
            let source = folder.source(file)?;
            notes.source(&source);
            let (up, down) = parts(&source, folder, &mut notes)?;
            let down = down::of(&up, down);
            let name = rest.trim_start_matches(['_', '-']).to_owned();
            revisions.push(Revision { version: version.to_owned(), name, repeatable: false, up, down });
        }
        Ok(Reading { revisions, graph: None, notes: notes.into_faults(folder) })
    }

    fn scaffold(&self, asked: &Asked<'_>) -> Result<Vec<NewFile>> {
        let path = format!("{}_{}.sql", asked.next_number(Style::Timestamp), asked.name);
        let marks = ["-- migrate:up", "-- migrate:down"]
            .map(|mark| mark.to_owned() + asked.outside(" transaction:false"));
        Ok(asked.marked(path, marks.each_ref().map(String::as_str), None))
    }
}

fn digits(file: &str) -> Option<(&str, &str)> {
    let stem = file.strip_suffix(".sql")?;
    let length = stem.bytes().take_while(u8::is_ascii_digit).count();
    (length > 0).then(|| stem.split_at(length))
}

/// A part of a file and how it runs.
type Part = (Span, Transaction);

/// Up and down, in this order.
fn parts(source: &Source, folder: &Listing, notes: &mut Notes) -> Result<(Step, Option<Step>)> {
    let fault = |what: &str, offset: usize| Err(Fault::new(what).at(source.place(folder, offset)));
    let mut up: Option<Part> = None;
    let mut down: Option<Part> = None;
    for line in source.lines() {
        let Some((direction, options)) = marks::dbmate(line.text) else {
            let text = line.text.trim();
            if up.is_none() && !text.is_empty() && !text.starts_with("--") {
                return fault("a statement stands before `-- migrate:up`, which dbmate refuses", line.start);
            }
            continue;
        };
        let outside = options.split_whitespace().any(|option| option == "transaction:false");
        let transaction = if outside { Transaction::MarkedOutside } else { Transaction::Wrapped };
        let part = (Span::new(line.next, source.text.len()), transaction);
        match (direction, &mut up, &down) {
            ("up", None, _) => up = Some(part),
            ("up", Some(_), _) => return Err(several(source, folder, line.start)),
            (_, Some((section, _)), None) => {
                section.end = line.start;
                down = Some(part);
            }
            (_, None, _) => {
                return fault(
                    "`-- migrate:down` stands before `-- migrate:up`, which dbmate refuses",
                    line.start,
                );
            }
            (_, Some(_), Some(_)) => {
                return fault("a second `-- migrate:down` after one up, which dbmate refuses", line.start);
            }
        }
    }
    let Some((section, transaction)) = up else {
        return Err(Fault::new("the file has no `-- migrate:up`")
            .at(folder.place(&source.file))
            .why("dbmate takes every `<n>….sql` in the folder for a migration"));
    };
    if down.is_none() {
        notes.add("a file without `-- migrate:down`, which dbmate itself refuses", &source.file);
    }
    Ok((
        source.step(section, transaction),
        down.map(|(section, transaction)| source.step(section, transaction)),
    ))
}

fn several(source: &Source, folder: &Listing, offset: usize) -> Fault {
    Fault::new("a second `-- migrate:up` in one file")
        .at(source.place(folder, offset))
        .why("dbmate runs such parts one by one, each in a transaction of its own; this version reads one a file")
        .next("split the file: one `-- migrate:up` and one `-- migrate:down` each")
}
