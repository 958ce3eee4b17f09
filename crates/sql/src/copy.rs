//! The data lines of `COPY … FROM stdin`, from the line after the command to the line `\.`.
//! Out: what the lines mean; the server reads them.
//! Called by the splitter. Source: the manual's page of COPY, "File Formats"; psql does the same in CSV mode.

use groundline_core::Span;

/// Data lines, and where the text goes on.
pub(crate) struct CopyData {
    /// The lines, each with its newline.
    pub(crate) lines: Span,
    /// The first byte after the line `\.`.
    pub(crate) resume: usize,
    /// False if no line `\.` comes.
    pub(crate) ended: bool,
}

/// Reads the data lines that begin at `start`, which is the beginning of a line or the end of the text.
pub(crate) fn data(text: &str, start: usize) -> CopyData {
    let mut at = start;
    loop {
        if let Some(length) = end_marker(&text[at..]) {
            return CopyData { lines: Span::new(start, at), resume: at + length, ended: true };
        }
        match text[at..].find("\n\\.") {
            Some(newline) => at += newline + 1,
            None => {
                return CopyData { lines: Span::new(start, text.len()), resume: text.len(), ended: false };
            }
        }
    }
}

/// The length of the line `\.` with its newline, if the text begins with it.
fn end_marker(text: &str) -> Option<usize> {
    let rest = text.strip_prefix("\\.")?;
    let line = rest.split_inclusive('\n').next().unwrap_or("");
    matches!(line, "" | "\n" | "\r\n" | "\r").then_some(2 + line.len())
}
