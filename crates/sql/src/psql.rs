//! psql's meta-commands: how far one reaches, and which may be left out without loss.
//! Out: doing what they say; no server knows them.
//! Called by the splitter. Source: the manual's page of psql, "Meta-Commands", and `psqlscanslash.l`.

use crate::lexer::{Lexer, TokenKind};
use groundline_core::Span;

/// One meta-command.
pub(crate) struct Meta<'a> {
    /// Its word without the backslash; may be empty.
    pub(crate) word: &'a str,
    /// What follows the word, trimmed.
    pub(crate) arguments: &'a str,
    /// From the backslash to the last character that isn't white space.
    pub(crate) span: Span,
    /// Where SQL, or another meta-command, goes on.
    pub(crate) resume: usize,
}

/// Reads the meta-command whose backslash is at `start`. It ends with its line, or before: a backslash
/// outside of quotes begins another one, two of them go back to SQL.
pub(crate) fn read(text: &str, start: usize) -> Meta<'_> {
    let line = text[start..].split(['\n', '\r']).next().unwrap_or("");
    let after_backslash = &line[1..];
    let word_end = after_backslash.find(|c: char| c.is_ascii_whitespace() || c == '\\');
    let word = &after_backslash[..word_end.unwrap_or(after_backslash.len())];
    let rest = &after_backslash[word.len()..];
    let length = match takes_whole_line(word) {
        true => rest.len(),
        false => unquoted_backslash(rest).unwrap_or(rest.len()),
    };
    let resume = start + 1 + word.len() + length;
    let separator = match text[resume..].starts_with("\\\\") {
        true => 2,
        false => 0,
    };
    Meta {
        word,
        arguments: rest[..length].trim(),
        span: Span::new(start, start + text[start..resume].trim_end().len()),
        resume: resume + separator,
    }
}

fn takes_whole_line(word: &str) -> bool {
    matches!(word, "!" | "copy" | "h" | "help" | "ef" | "ev" | "sf" | "sf+" | "sv" | "sv+" | ".")
}

/// The offset of the first backslash outside of psql's three kinds of quotes.
fn unquoted_backslash(text: &str) -> Option<usize> {
    let mut quote = None;
    let mut bytes = text.bytes().enumerate();
    while let Some((at, byte)) = bytes.next() {
        match (quote, byte) {
            (None, b'\\') => return Some(at),
            (None, b'\'' | b'"' | b'`') => quote = Some(byte),
            (Some(b'\''), b'\\') => {
                bytes.next();
            }
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
    }
    None
}

impl Meta<'_> {
    /// Whether it sends what was typed before it, as a semicolon does.
    pub(crate) fn sends(&self) -> bool {
        matches!(
            self.word,
            "g" | "gx" | "gexec" | "gset" | "gdesc" | "watch" | "crosstabview" | "bind" | "bind_named"
        )
    }

    /// Whether leaving it out changes nothing for a schema: output, and what Groundline does anyway.
    pub(crate) fn is_harmless(&self) -> bool {
        const OUTPUT: [&str; 18] = [
            "restrict",
            "unrestrict",
            "echo",
            "qecho",
            "warn",
            "pset",
            "timing",
            "x",
            "a",
            "t",
            "f",
            "C",
            "H",
            "T",
            "conninfo",
            "errverbose",
            "p",
            "print",
        ];
        const VARIABLES: [&str; 9] = [
            "ON_ERROR_STOP",
            "QUIET",
            "ECHO",
            "ECHO_HIDDEN",
            "VERBOSITY",
            "SHOW_CONTEXT",
            "FETCH_COUNT",
            "HIDE_TABLEAM",
            "HIDE_TOAST_COMPRESSION",
        ];
        let variable = self.arguments.split_ascii_whitespace().next().unwrap_or("");
        let lists = self.word.starts_with('d') || matches!(self.word, "l" | "l+");
        OUTPUT.contains(&self.word) || lists || self.word == "set" && VARIABLES.contains(&variable)
    }

    /// Whether it is `\copy … from stdin`, whose data lines follow.
    pub(crate) fn copies_from_script(&self) -> bool {
        let mut words = Lexer::new(self.arguments, 0)
            .filter(|token| token.kind == TokenKind::Word)
            .map(|token| &self.arguments[token.span.range()]);
        let from = words.by_ref().any(|word| word.eq_ignore_ascii_case("from"));
        self.word == "copy" && from && words.next().is_some_and(|word| word.eq_ignore_ascii_case("stdin"))
    }
}
