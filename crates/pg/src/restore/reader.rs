//! Reads a plain dump as a stream of pieces: statements, COPY data, psql meta-commands. Only one statement, or
//! one block of data, is in memory at a time.
//! Out: running the pieces (`session`), unpacking archives (`archive`).
//! Called by `restore`, on a thread of its own.

use super::scan::Scan;
use groundline_core::{Fault, LineIndex, Place, Position, Result};
use std::io::{BufRead, ErrorKind, Read as _};
use std::path::{Path, PathBuf};

/// A statement longer than this is taken for the rest of a file whose quotes do not match. PostgreSQL itself
/// takes no string above 1 GiB.
const LONGEST_STATEMENT: usize = 256 << 20;
/// COPY data is handed on in blocks of about this size.
const BLOCK: usize = 128 << 10;
/// A single row of COPY data may not be longer than this (the server's own limit).
const LONGEST_ROW: u64 = 1 << 30;

/// A part of a dump, in the order of the file.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// A statement without its semicolon.
    Statement(Statement),
    /// `COPY … FROM stdin`; `Data` and one `DataEnd` follow. The line is that of the first row.
    Copy(Statement, usize),
    /// Whole rows of COPY data.
    Data(Vec<u8>),
    /// The end of the COPY data.
    DataEnd,
    /// A psql meta-command: its word without the backslash, what follows it, and where.
    Meta(String, String, Position),
    /// `-- Dumped from database version …`.
    DumpedFrom(String),
}

/// A statement and where it begins.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Statement {
    pub(super) text: String,
    pub(super) at: Position,
    /// Its first words in upper case, quoted names left out.
    pub(super) words: Vec<String>,
}

/// A dump that is being read.
pub(super) struct Reader<R> {
    source: R,
    /// For places.
    path: PathBuf,
    /// Whether lines are those of the file.
    positions: bool,
    /// Number of the current line.
    line_number: usize,
    line: Vec<u8>,
    /// How much of `line` is used up.
    used: usize,
    scan: Scan,
    /// `COPY` data comes next.
    in_data: Option<usize>,
    /// Which trailer the header promises.
    promised: Option<&'static str>,
    complete: bool,
    done: bool,
}

const HEADERS: [(&str, &str); 2] = [
    ("-- PostgreSQL database dump", "-- PostgreSQL database dump complete"),
    ("-- PostgreSQL database cluster dump", "-- PostgreSQL database cluster dump complete"),
];

impl<R: BufRead> Reader<R> {
    /// Reads from `source`; `path` is named in faults, with line and column if `positions`.
    pub(super) fn new(source: R, path: &Path, positions: bool) -> Self {
        Self {
            source,
            path: path.to_owned(),
            positions,
            line_number: 0,
            line: Vec::new(),
            used: 0,
            scan: Scan::default(),
            in_data: None,
            promised: None,
            complete: false,
            done: false,
        }
    }

    /// The next piece; none at the end of a complete dump.
    ///
    /// # Errors
    /// The file can't be read, is cut off, or holds what is no dump.
    pub(super) fn next_piece(&mut self) -> Result<Option<Piece>> {
        if self.done {
            return Ok(None);
        }
        if let Some(first) = self.in_data {
            return self.data(first).map(Some);
        }
        loop {
            if self.used >= self.line.len() && !self.read_line()? {
                self.done = true;
                return self.check_end().map(|()| None);
            }
            if let Some(piece) = self.between_statements() {
                return Ok(Some(piece));
            }
            if self.used < self.line.len()
                && let Some(piece) = self.statement()?
            {
                return Ok(Some(piece));
            }
        }
    }

    /// Skips blanks and comments; a piece if the line holds one that is no statement.
    fn between_statements(&mut self) -> Option<Piece> {
        let rest = &self.line[self.used..];
        let blanks = rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        self.used += blanks;
        let rest = &self.line[self.used..];
        if rest.starts_with(b"--") {
            let comment = String::from_utf8_lossy(rest).trim_end().to_owned();
            self.used = self.line.len();
            return self.comment(&comment);
        }
        let meta = rest.strip_prefix(b"\\")?;
        let text = String::from_utf8_lossy(meta).trim().to_owned();
        let at = self.position();
        self.used = self.line.len();
        let (word, arguments) = text.split_once(char::is_whitespace).unwrap_or((&text, ""));
        Some(Piece::Meta(word.to_owned(), arguments.trim().to_owned(), at))
    }

    fn comment(&mut self, comment: &str) -> Option<Piece> {
        if let Some((_, trailer)) = HEADERS.iter().find(|(header, _)| comment == *header) {
            // A cluster dump holds a dump of each database; the outermost counts.
            self.promised = self.promised.or(Some(trailer));
        }
        self.complete |= self.promised == Some(comment);
        let version = comment.strip_prefix("-- Dumped from database version ")?;
        Some(Piece::DumpedFrom(version.to_owned()))
    }

    /// Reads one statement, which begins at `used`; none if there is only a comment or a semicolon.
    fn statement(&mut self) -> Result<Option<Piece>> {
        let start = self.position();
        let mut text = Vec::new();
        self.scan.begin();
        loop {
            let end = self.scan.line(&self.line, self.used);
            text.extend_from_slice(&self.line[self.used..end.unwrap_or(self.line.len())]);
            self.used = end.unwrap_or(self.line.len());
            if end.is_some() {
                text.pop();
                break;
            }
            if self.scan.is_blank() {
                // A comment of its own; what follows may be a line that says something.
                return Ok(None);
            }
            if text.len() > LONGEST_STATEMENT {
                let open = self.scan.open().unwrap_or("a statement");
                return Err(self.fault(start, format!("{open} that begins here does not end within 256 MiB")));
            }
            if !self.read_line()? {
                if let Some(open) = self.scan.open() {
                    return Err(self.truncated(start, &format!("the file ends inside {open}")));
                }
                self.check_end()?;
                break;
            }
        }
        self.finish_statement(text, start)
    }

    fn finish_statement(&mut self, text: Vec<u8>, start: Position) -> Result<Option<Piece>> {
        let copy = self.scan.copies_from_stdin();
        let words = self.scan.words().to_vec();
        let text = String::from_utf8(text).map_err(|error| {
            let valid =
                String::from_utf8_lossy(&error.as_bytes()[..error.utf8_error().valid_up_to()]).into_owned();
            self.fault(advance(start, &valid), "the statement is not UTF-8")
                .next("dump with `pg_dump --encoding=UTF8`")
        })?;
        let text = text.trim_end().to_owned();
        if words.first().map(String::as_str) == Some("SET") && text.contains("standard_conforming_strings") {
            self.scan.set_standard_strings(!text.to_ascii_lowercase().ends_with("off"));
        }
        let statement = Statement { text, at: start, words };
        if copy {
            // psql takes data from the next line on.
            self.used = self.line.len();
            self.in_data = Some(self.line_number + 1);
            return Ok(Some(Piece::Copy(statement, self.line_number + 1)));
        }
        // Nothing but a comment before the semicolon.
        Ok((!self.scan.is_blank()).then_some(Piece::Statement(statement)))
    }

    fn data(&mut self, first: usize) -> Result<Piece> {
        let mut block = Vec::with_capacity(BLOCK + 4096);
        while block.len() < BLOCK {
            if !self.read_line()? {
                let at = Position { line: first, column: 1 };
                return Err(self.truncated(at, "the COPY data that begins here has no end (`\\.`)"));
            }
            if self.line.strip_prefix(b"\\.").is_some_and(|rest| rest.trim_ascii().is_empty()) {
                self.used = self.line.len();
                match block.is_empty() {
                    true => {
                        self.in_data = None;
                        return Ok(Piece::DataEnd);
                    }
                    // The same line is met again, with nothing before it.
                    false => {
                        self.used = 0;
                        return Ok(Piece::Data(block));
                    }
                }
            }
            block.extend_from_slice(&self.line);
            self.used = self.line.len();
        }
        Ok(Piece::Data(block))
    }

    /// Reads the next line, unless the current one was put back. False at the end of the file.
    fn read_line(&mut self) -> Result<bool> {
        if self.used == 0 && !self.line.is_empty() {
            return Ok(true);
        }
        self.line.clear();
        self.used = 0;
        let mut limited = self.source.by_ref().take(LONGEST_ROW);
        let read = limited.read_until(b'\n', &mut self.line);
        let at = Position { line: self.line_number + 1, column: 1 };
        let read = read.map_err(|error| match error.kind() {
            ErrorKind::UnexpectedEof => self.truncated(at, "the compressed data breaks off"),
            _ => self.fault(at, "could not read the file").why(error.to_string()),
        })?;
        if read as u64 >= LONGEST_ROW && !self.line.ends_with(b"\n") {
            return Err(self.fault(at, "a line is longer than 1 GiB"));
        }
        if read == 0 {
            return Ok(false);
        }
        self.line_number += 1;
        if self.line_number == 1 && self.line.starts_with(b"\xef\xbb\xbf") {
            self.line.drain(..3);
        }
        if self.in_data.is_none() && self.line.contains(&0) {
            return Err(self.fault(at, "the file holds a NUL byte: it is no SQL text"));
        }
        Ok(true)
    }

    fn check_end(&self) -> Result<()> {
        match self.promised {
            Some(trailer) if !self.complete => {
                let at = Position { line: self.line_number, column: 1 };
                let what = format!("the dump's last line, `{trailer}`, is missing");
                Err(self.truncated(at, &what))
            }
            _ => Ok(()),
        }
    }

    /// Where `used` is.
    fn position(&self) -> Position {
        let before = String::from_utf8_lossy(&self.line[..self.used]);
        Position { line: self.line_number, column: before.chars().count() + 1 }
    }

    fn fault(&self, position: Position, what: impl AsRef<str>) -> Fault {
        Fault::new(what)
            .at(Place::File { path: self.path.clone(), position: self.positions.then_some(position) })
    }

    fn truncated(&self, position: Position, why: &str) -> Fault {
        self.fault(position, "the snapshot is truncated").why(why).next("copy or dump it again")
    }
}

/// The position behind `text`, which begins at `start`.
pub(super) fn advance(start: Position, text: &str) -> Position {
    let moved = LineIndex::new(text).position(text.len());
    match moved.line {
        1 => Position { line: start.line, column: start.column + moved.column - 1 },
        lines => Position { line: start.line + lines - 1, column: moved.column },
    }
}

#[cfg(test)]
#[path = "reader_tests.rs"]
mod tests;
