//! sqlx: `<n>_name.sql`, or `<n>_name.up.sql` with `<n>_name.down.sql`.
//!
//! Source: launchbadge/sqlx, `sqlx-core/src/migrate/source.rs` (the part before the first `_` is parsed as
//! `i64`; names without `_`, or not ending in `.sql`, are passed over; any other prefix is an error; sorted
//! by version; `no_tx` when the text starts with `-- no-transaction`), `sqlx-core/src/migrate/migration_type.rs`
//! (suffixes) and `sqlx-postgres/src/migrate.rs` (transactions, the table `_sqlx_migrations`).

use super::marks::Mark;
use super::notes::Notes;
use super::pairs::{self, Direction, Numbered};
use super::scaffold::{self, Asked, NewFile, Style};
use super::source::Source;
use super::{Facts, Layout, Listing, Reading, Shape};
use crate::history::Transaction;
use groundline_core::Result;

/// The mark of a file that runs outside a transaction.
pub const MARK: &str = "-- no-transaction";

/// sqlx's folder.
pub struct Sqlx;

impl Layout for Sqlx {
    fn facts(&self) -> &'static Facts {
        &Facts {
            id: "sqlx",
            title: "sqlx",
            files: "`<n>_<name>.up.sql` with `<n>_<name>.down.sql`, or `<n>_<name>.sql`",
            order: "by the number, not its text: 9 before 10, 007 is 7",
            outside: "a file that starts with `-- no-transaction`",
            downs: "the file `<n>_<name>.down.sql`",
            table: "_sqlx_migrations",
            source: "launchbadge/sqlx: sqlx-core/src/migrate/source.rs, sqlx-postgres/src/migrate.rs",
        }
    }

    fn shape(&self) -> Shape {
        Shape::Numbered
    }

    fn claims(&self, folder: &Listing) -> usize {
        claims(folder)
    }

    fn read(&self, folder: &Listing) -> Result<Reading> {
        read(folder)
    }

    /// Pairs, unless the folder has simple files: as `sqlx migrate add` does.
    fn scaffold(&self, asked: &Asked<'_>) -> Result<Vec<NewFile>> {
        match asked.last() {
            Some(last) if !scaffold::is_pair(last) => {
                let path = format!("{}_{}.sql", asked.next_number(Style::Timestamp), asked.name);
                Ok(vec![NewFile { path: path.into(), text: asked.headed(MARK, asked.up()) }])
            }
            _ => Ok(asked.pair(Style::Timestamp, MARK)),
        }
    }
}

/// How many revisions sqlx sees; a simple file counts only where some file carries no other tool's mark.
pub fn claims(folder: &Listing) -> usize {
    let is_numbered = |file: &str| pairs::numbered(file).is_some();
    let is_up = |file: &&str| is_numbered(file) && file.ends_with(".up.sql");
    let is_simple = |file: &str| is_numbered(file) && is_simple(file);
    folder.sql_files().filter(is_up).count() + folder.count_marked(Mark::Plain, is_simple)
}

/// Whether a file is neither an up nor a down.
pub fn is_simple(file: &str) -> bool {
    file.ends_with(".sql") && !file.ends_with(".up.sql") && !file.ends_with(".down.sql")
}

/// Reads the folder as sqlx does.
pub fn read(folder: &Listing) -> Result<Reading> {
    let mut notes = Notes::default();
    let mut files = Vec::new();
    for file in folder.sql_files() {
        let Some((digits, rest)) = pairs::numbered(file) else {
            notes.add(unread(file), file);
            continue;
        };
        let version = pairs::bigint(folder, file, digits)?;
        let (name, direction) = match (rest.strip_suffix(".up.sql"), rest.strip_suffix(".down.sql")) {
            (Some(name), _) => (name, Direction::Up),
            (_, Some(name)) => (name, Direction::Down),
            _ => (rest.strip_suffix(".sql").unwrap_or(rest), Direction::Up),
        };
        files.push(Numbered { version, name, file, direction });
    }
    let revisions = pairs::revisions(folder, files, &mut notes, transaction)?;
    Ok(Reading { revisions, graph: None, notes: notes.into_faults(folder) })
}

fn unread(file: &str) -> &'static str {
    match file.contains('_') {
        true => "a file without a number before its first `_` is left out; sqlx itself stops at it",
        false => "a file that is not named `<n>_<name>.sql` is left out",
    }
}

fn transaction(source: &Source, notes: &mut Notes) -> Transaction {
    match source.text.starts_with(MARK) {
        true if source.bom => {
            notes.add("`-- no-transaction` after a byte order mark means nothing to sqlx", &source.file);
            Transaction::Wrapped
        }
        true => Transaction::MarkedOutside,
        false => {
            let comments = source.lines().take_while(|line| {
                let text = line.text.trim();
                text.is_empty() || text.starts_with("--")
            });
            if comments.into_iter().any(|line| line.text.trim().starts_with(MARK)) {
                let what = "`-- no-transaction` means nothing to sqlx unless the file starts with it";
                notes.add(what, &source.file);
            }
            Transaction::Wrapped
        }
    }
}
