//! Groundline's own layout: sqlx's pairs, with a history table of its own.
//!
//! It is told apart from sqlx's by `layout = "groundline"` in the folder's `groundline.lock`, or by the
//! project's configuration; without either, such a folder is sqlx's.

use super::scaffold::{Asked, NewFile, Style};
use super::{Facts, Layout, Listing, Reading, Shape, evidence, sqlx};
use groundline_core::Result;

/// Groundline's folder.
pub struct Groundline;

impl Layout for Groundline {
    fn facts(&self) -> &'static Facts {
        &Facts {
            id: "groundline",
            title: "Groundline",
            files: "`<n>_<name>.up.sql` with `<n>_<name>.down.sql`, as sqlx has them",
            order: "by the number, not its text",
            outside: "a file that starts with `-- no-transaction`",
            downs: "the file `<n>_<name>.down.sql`",
            table: "groundline.revision",
            source: "`layout = \"groundline\"` in groundline.lock",
        }
    }

    fn shape(&self) -> Shape {
        Shape::Numbered
    }

    fn claims(&self, folder: &Listing) -> usize {
        match evidence::locked(folder) {
            Some(id) if id == self.id() => sqlx::claims(folder),
            _ => 0,
        }
    }

    fn read(&self, folder: &Listing) -> Result<Reading> {
        sqlx::read(folder)
    }

    fn scaffold(&self, asked: &Asked<'_>) -> Result<Vec<NewFile>> {
        Ok(asked.pair(Style::Sequence(4), sqlx::MARK))
    }
}
