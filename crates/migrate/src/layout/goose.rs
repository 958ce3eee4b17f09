//! goose: one file with `-- +goose Up` and `-- +goose Down`.
//!
//! Source: pressly/goose, `internal/sqlparser/parser.go` (the state machine; annotations in any case, at the
//! start of the line; `NO TRANSACTION` anywhere, for the whole file), `migration.go` (`NumericComponent`:
//! the number before the first `_`, at least 1), `provider_collect.go` (a version once, `.go` steps,
//! `_test.go` passed over) and `database/dialects.go` with the default table `goose_db_version`.

use super::marks::{self, Mark};
use super::notes::Notes;
use super::scaffold::{Asked, NewFile, Style};
use super::source::{Line, Source};
use super::{Facts, Layout, Listing, Reading, Shape, down, pairs};
use crate::history::{Revision, Transaction};
use groundline_core::{Fault, Result, Span};
use std::collections::BTreeMap;

/// goose's folder.
pub struct Goose;

impl Layout for Goose {
    fn facts(&self) -> &'static Facts {
        &Facts {
            id: "goose",
            title: "goose",
            files: "`<n>_<name>.sql` with `-- +goose Up` and `-- +goose Down` in it",
            order: "by the number, not its text; numbers start at 1",
            outside: "`-- +goose NO TRANSACTION` anywhere in the file, for both ways",
            downs: "the part after `-- +goose Down`",
            table: "goose_db_version",
            source: "pressly/goose: internal/sqlparser/parser.go, provider_collect.go, migration.go",
        }
    }

    fn shape(&self) -> Shape {
        Shape::Own
    }

    fn claims(&self, folder: &Listing) -> usize {
        folder.count_marked(Mark::Goose, |file| pairs::numbered(file).is_some())
    }

    fn read(&self, folder: &Listing) -> Result<Reading> {
        let mut notes = Notes::default();
        let mut files: BTreeMap<u64, (&str, &str)> = BTreeMap::new();
        for file in folder.files() {
            let Some((stem, is_sql)) = stem(file) else { continue };
            let Some((digits, name)) = pairs::numbered(stem) else {
                if is_sql {
                    notes.add("a file without a number before its first `_` is left out", file);
                }
                continue;
            };
            let version = pairs::bigint(folder, file, digits)?;
            if version == 0 {
                notes.add("version 0 is left out: goose keeps it for itself", file);
            } else if let Some((first, _)) = files.insert(version, (file, name)) {
                return Err(pairs::duplicate(folder, &version.to_string(), first, file));
            }
        }
        let mut revisions = Vec::new();
        for (version, (file, name)) in files {
            if file.ends_with(".go") {
                notes.add("a step in Go is not run", file);
                continue;
            }
            let source = folder.source(file)?;
            notes.source(&source);
            let parts = Parts::of(&source, folder, &mut notes)?;
            let up = source.step(parts.up, parts.transaction);
            let down = down::of(&up, parts.down.map(|section| source.step(section, parts.transaction)));
            let (version, name) = (version.to_string(), name.to_owned());
            revisions.push(Revision { version, name, repeatable: false, up, down });
        }
        Ok(Reading { revisions, graph: None, notes: notes.into_faults(folder) })
    }

    fn scaffold(&self, asked: &Asked<'_>) -> Result<Vec<NewFile>> {
        let path = format!("{}_{}.sql", asked.next_number(Style::Timestamp), asked.name);
        let up = format!("{}-- +goose Up", asked.outside("-- +goose NO TRANSACTION\n"));
        let fence = ["-- +goose StatementBegin", "-- +goose StatementEnd"];
        Ok(asked.marked(path, [&up, "-- +goose Down"], Some(fence)))
    }
}

fn stem(file: &str) -> Option<(&str, bool)> {
    match file.strip_suffix(".sql") {
        Some(stem) => Some((stem, true)),
        None => Some((file.strip_suffix(".go").filter(|stem| !stem.ends_with("_test"))?, false)),
    }
}

/// Where goose's state machine is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Start,
    Up,
    Down,
}

/// The parts of a file.
struct Parts {
    state: State,
    /// Where a statement began that has not ended.
    open: Option<usize>,
    up: Span,
    down: Option<Span>,
    transaction: Transaction,
}

impl Parts {
    fn of(source: &Source, folder: &Listing, notes: &mut Notes) -> Result<Self> {
        let end = source.text.len();
        let (up, transaction) = (Span::new(0, 0), Transaction::Wrapped);
        let mut parts = Self { state: State::Start, open: None, up, down: None, transaction };
        for line in source.lines() {
            let refused = match marks::goose(line.text) {
                Some(mark) if mark.eq_ignore_ascii_case("ENVSUB ON") => {
                    notes.add("environment variables in the SQL (ENVSUB) are not filled in", &source.file);
                    None
                }
                Some(mark) => parts.annotation(&mark, &line, end),
                None => parts.text(line.text.trim()),
            };
            if let Some(what) = refused {
                let fault = Fault::new(format!("{what}, which goose refuses"));
                return Err(fault.at(source.place(folder, line.start)));
            }
        }
        match (parts.state, parts.open) {
            (_, Some(offset)) => {
                let fault = Fault::new("`StatementBegin` without `StatementEnd`, which goose refuses");
                Err(fault.at(source.place(folder, offset)))
            }
            (State::Start, None) => Err(Fault::new("the file has no `-- +goose Up`")
                .at(folder.place(&source.file))
                .why("goose takes every `<n>_<name>.sql` in the folder for a migration")),
            _ => Ok(parts),
        }
    }

    /// A line without an annotation; what goose has against it, if anything.
    fn text(&self, text: &str) -> Option<String> {
        let is_statement = !text.is_empty() && !text.starts_with("--");
        (self.state == State::Start && is_statement)
            .then(|| "a statement stands before `-- +goose Up`".to_owned())
    }

    /// An annotation; what goose has against it, if anything.
    fn annotation(&mut self, mark: &str, line: &Line<'_>, end: usize) -> Option<String> {
        if line.text.starts_with([' ', '\t']) {
            return Some("an indented annotation".to_owned());
        }
        let refused = match (mark.to_ascii_lowercase().as_str(), self.state, self.open) {
            ("up", State::Start, _) => {
                (self.state, self.up) = (State::Up, Span::new(line.next, end));
                return None;
            }
            ("down", State::Up, None) => {
                self.state = State::Down;
                self.up.end = line.start;
                self.down = Some(Span::new(line.next, end));
                return None;
            }
            ("statementbegin", State::Up | State::Down, None) => {
                self.open = Some(line.start);
                return None;
            }
            ("statementend", _, Some(_)) => {
                self.open = None;
                return None;
            }
            ("no transaction", ..) => {
                self.transaction = Transaction::MarkedOutside;
                return None;
            }
            ("envsub off", ..) => return None,
            ("up", ..) => "a second `-- +goose Up`",
            ("down", ..) => "`-- +goose Down` that does not follow `-- +goose Up`",
            ("statementbegin", ..) => "`StatementBegin` inside a statement or before `-- +goose Up`",
            ("statementend", ..) => "`StatementEnd` without `StatementBegin`",
            _ => return Some(format!("the unknown annotation `{mark}`")),
        };
        Some(refused.to_owned())
    }
}
