//! Taking the columns of a row one after the other.
//! Out: what rows mean (`rows`). Called by the decoding of raw rows.

use super::super::row::{Row, Value};

/// The columns of one row, in their order.
pub(super) struct Cells<'r> {
    row: &'r Row,
    next: usize,
}

impl<'r> Cells<'r> {
    pub fn of(row: &'r Row) -> Self {
        Self { row, next: 0 }
    }

    /// The next column.
    pub fn next<T: Value<'r>>(&mut self) -> T {
        self.next += 1;
        self.row.get(self.next - 1)
    }

    /// The next column, where the server's major has it.
    pub fn next_if_there<T: Value<'r>>(&mut self) -> Option<T> {
        (self.next < self.row.len()).then(|| self.next())
    }

    /// The next column, of type "char".
    pub fn character(&mut self) -> char {
        self.next += 1;
        self.row.character(self.next - 1)
    }
}
