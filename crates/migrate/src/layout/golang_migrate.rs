//! golang-migrate: `<n>_name.up.sql` with `<n>_name.down.sql`.
//!
//! Source: golang-migrate/migrate, `source/parse.go` (`^([0-9]+)_(.*)\.(down|up)\.(.*)$`, any extension),
//! `source/migration.go` (order of numbers, a version and direction once), `database/postgres/postgres.go`
//! (`Run`: the whole file in one `Exec`; blank files are passed over; table `schema_migrations`) and
//! `database/postgres/README.md` ("Multi-statement mode": several statements in one `Exec` share a
//! transaction, one that must run outside needs a file of its own).

use super::notes::Notes;
use super::pairs::{self, Direction, Numbered};
use super::scaffold::{Asked, NewFile, Style};
use super::{Facts, Layout, Listing, Reading, Shape, sqlx};
use crate::history::Transaction;
use groundline_core::Result;

/// golang-migrate's folder.
pub struct GolangMigrate;

impl Layout for GolangMigrate {
    fn facts(&self) -> &'static Facts {
        &Facts {
            id: "golang-migrate",
            title: "golang-migrate",
            files: "`<n>_<name>.up.sql` with `<n>_<name>.down.sql`",
            order: "by the number, not its text: 9 before 10, 007 is 7",
            outside: "no mark: a file is sent as one string, so a lone statement is outside a transaction",
            downs: "the file `<n>_<name>.down.sql`",
            table: "schema_migrations",
            source: "golang-migrate/migrate: source/parse.go, database/postgres/README.md",
        }
    }

    fn shape(&self) -> Shape {
        Shape::Numbered
    }

    fn claims(&self, folder: &Listing) -> usize {
        let ups = folder.files().iter().filter_map(|file| parse(file));
        ups.filter(|file| file.direction == Direction::Up).count()
    }

    fn read(&self, folder: &Listing) -> Result<Reading> {
        let mut notes = Notes::default();
        let mut files = Vec::new();
        for file in folder.files() {
            match parse(file) {
                Some(parsed) if parsed.is_sql() => {
                    let version = pairs::bigint(folder, file, parsed.digits)?;
                    let (name, direction) = (parsed.name, parsed.direction);
                    files.push(Numbered { version, name, file, direction });
                }
                Some(_) => notes.add("a step in another language than SQL is not run", file),
                None if sqlx::is_simple(file) => {
                    notes
                        .add("a file that is not named `<n>_<name>.up.sql` or `.down.sql` is left out", file);
                }
                None if file.ends_with(".sql") => {
                    notes.add("a file without a number before its first `_` is left out", file);
                }
                None => {}
            }
        }
        let revisions = pairs::revisions(folder, files, &mut notes, |_, _| Transaction::Wrapped)?;
        Ok(Reading { revisions, graph: None, notes: notes.into_faults(folder) })
    }

    fn scaffold(&self, asked: &Asked<'_>) -> Result<Vec<NewFile>> {
        Ok(asked.pair(Style::Timestamp, ""))
    }
}

/// Whether the folder has steps in another language, which only golang-migrate's kin have.
pub fn has_code(folder: &Listing) -> bool {
    folder.files().iter().filter_map(|file| parse(file)).any(|file| !file.is_sql())
}

struct Parsed<'a> {
    digits: &'a str,
    name: &'a str,
    direction: Direction,
    extension: &'a str,
}

impl Parsed<'_> {
    fn is_sql(&self) -> bool {
        self.extension == "sql"
    }
}

/// The tool's pattern is greedy: the last `.up.` or `.down.` counts.
fn parse(file: &str) -> Option<Parsed<'_>> {
    let (digits, rest) = pairs::numbered(file)?;
    let find = |word: &str, direction| rest.rfind(word).map(|at| (at, word.len(), direction));
    let found = find(".up.", Direction::Up).into_iter().chain(find(".down.", Direction::Down));
    let (at, length, direction) = found.max_by_key(|(at, ..)| *at)?;
    Some(Parsed { digits, name: &rest[..at], direction, extension: &rest[at + length..] })
}
