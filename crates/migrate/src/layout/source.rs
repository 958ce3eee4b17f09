//! One SQL file: its bytes as text, its lines, and steps made from parts of it.
//! Out: what the text means to a tool (`marks`, the layouts).
//! Called by every layout.

use super::listing::Listing;
use crate::history::{Language, Step, Transaction};
use groundline_core::{Digest, Fault, Place, Result, Span};
use std::path::{Path, PathBuf};
use std::sync::Arc;

const BOM: &[u8] = b"\xEF\xBB\xBF";

/// A file that was read.
pub struct Source {
    /// The file, relative to the folder.
    pub file: PathBuf,
    /// Its text, without a byte order mark.
    pub text: Arc<str>,
    /// Whether it began with a byte order mark.
    pub bom: bool,
    digest: Digest,
}

/// One line, without its line break.
pub struct Line<'a> {
    /// Where it starts in the text.
    pub start: usize,
    /// Where the next one starts.
    pub next: usize,
    /// What it says.
    pub text: &'a str,
}

impl Source {
    /// Reads a file of a folder.
    ///
    /// # Errors
    /// It cannot be read, holds a NUL byte, or is not UTF-8.
    pub fn read(folder: &Path, file: PathBuf) -> Result<Self> {
        let path = folder.join(&file);
        let bytes = std::fs::read(&path).map_err(|error| Fault::io("read a migration", &path, &error))?;
        let digest = Digest::of(&bytes);
        let bom = bytes.starts_with(BOM);
        let text = decode(&path, if bom { &bytes[BOM.len()..] } else { &bytes })?;
        Ok(Self { file, text: text.into(), bom, digest })
    }

    /// A step that is the whole file.
    pub fn whole(&self, transaction: Transaction) -> Step {
        self.step(Span::new(0, self.text.len()), transaction)
    }

    /// A step that is a part of the file.
    pub fn step(&self, section: Span, transaction: Transaction) -> Step {
        let (file, text) = (self.file.clone(), self.text.clone());
        Step { file, text, section, transaction, language: Language::Sql, digest: self.digest }
    }

    /// A step of several parts: everything between them is blanked out, so that positions stay right.
    pub fn step_of(&self, sections: &[Span], transaction: Transaction) -> Step {
        let (Some(first), Some(last)) = (sections.first(), sections.last()) else {
            return self.step(Span::new(0, 0), transaction);
        };
        let section = Span::new(first.start, last.end);
        let mut step = self.step(section, transaction);
        if sections.len() > 1 {
            step.text = blank_outside(&self.text, sections).into();
        }
        step
    }

    /// The place of a byte of the text, for faults.
    pub fn place(&self, folder: &Listing, offset: usize) -> Place {
        Place::offset(folder.folder().join(&self.file), &self.text, offset)
    }

    /// The lines of the text.
    pub fn lines(&self) -> impl Iterator<Item = Line<'_>> {
        lines(&self.text)
    }
}

/// The lines of a text; a carriage return before the line break is not part of them.
pub fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    let mut start = 0;
    text.split_inclusive('\n').map(move |raw| {
        let line = raw.strip_suffix('\n').unwrap_or(raw);
        let begin = start;
        start += raw.len();
        Line { start: begin, next: start, text: line.strip_suffix('\r').unwrap_or(line) }
    })
}

fn blank_outside(text: &str, keep: &[Span]) -> String {
    let kept = |at: usize| keep.iter().any(|span| span.range().contains(&at));
    let mut out = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        match kept(at) || matches!(c, '\n' | '\r') {
            true => out.push(c),
            false => out.extend(std::iter::repeat_n(' ', c.len_utf8())),
        }
    }
    out
}

fn decode<'a>(path: &Path, bytes: &'a [u8]) -> Result<&'a str> {
    let fault = |what: &str, offset: usize| {
        let before = String::from_utf8_lossy(&bytes[..offset]);
        let place = Place::offset(path, &before, before.len());
        Fault::new(what).at(place).why(format!("byte {offset} of the file, counted from 0"))
    };
    if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") {
        return Err(fault("the file is UTF-16, not UTF-8", 0).next("save it as UTF-8"));
    }
    if let Some(offset) = bytes.iter().position(|byte| *byte == 0) {
        return Err(fault("the file holds a NUL byte, which PostgreSQL refuses", offset));
    }
    std::str::from_utf8(bytes)
        .map_err(|error| fault("the file is not valid UTF-8", error.valid_up_to()).next("save it as UTF-8"))
}
