//! PostgreSQL's lexical rules: where strings, quoted names, dollar quotes, comments and words begin and end.
//! Out: what tokens mean together (`split`, `classify`). Follows the manual's chapter 4.1 "Lexical Structure".
//! Called by the splitter and by whoever reads the first words of a statement.

use groundline_core::Span;

/// What a token is, as far as splitting and classifying need it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenKind {
    Space,
    LineComment,
    /// Nested ones included.
    BlockComment,
    /// A key word or a name without quotes.
    Word,
    /// `"…"`, also `U&"…"`.
    QuotedName,
    /// A string constant of any kind, dollar quotes included.
    Text,
    Semicolon,
    Open,
    Close,
    Backslash,
    /// Operators, digits, parameters, other punctuation.
    Other,
}

/// A token and the bytes it covers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    pub(crate) span: Span,
    /// False for a string, quoted name or comment that reaches the end of the text without its end.
    pub(crate) ended: bool,
}

/// Cuts a text into tokens that cover it without a gap. Needs no stack, whatever the nesting.
pub(crate) struct Lexer<'a> {
    text: &'a str,
    at: usize,
    standard_strings: bool,
}

impl<'a> Lexer<'a> {
    /// Starts at a byte offset, which must be a character boundary outside of strings and comments.
    pub(crate) fn new(text: &'a str, at: usize) -> Self {
        Self { text, at, standard_strings: true }
    }

    /// Goes on somewhere else.
    pub(crate) fn jump(&mut self, at: usize) {
        self.at = at;
    }

    /// Whether a backslash in `'…'` is an ordinary character (`standard_conforming_strings`).
    pub(crate) fn set_standard_strings(&mut self, on: bool) {
        self.standard_strings = on;
    }

    fn byte(&self, at: usize) -> u8 {
        // NUL stands for the end; a real one is an ordinary character in every rule below.
        self.text.as_bytes().get(at).copied().unwrap_or(0)
    }

    fn skip_while(&self, mut at: usize, wanted: impl Fn(u8) -> bool) -> usize {
        let bytes = self.text.as_bytes();
        while at < bytes.len() && wanted(bytes[at]) {
            at += 1;
        }
        at
    }

    /// The kind of the token at `start`, its end, and whether it is ended.
    fn token_at(&self, start: usize) -> (TokenKind, usize, bool) {
        use TokenKind::{Backslash, Close, LineComment, Open, Other, Semicolon, Space, Word};
        let next = self.byte(start + 1);
        let one = |kind| (kind, start + 1, true);
        match self.byte(start) {
            byte if is_space(byte) => (Space, self.skip_while(start, is_space), true),
            b'-' if next == b'-' => {
                (LineComment, self.skip_while(start, |byte| !matches!(byte, b'\n' | b'\r')), true)
            }
            b'/' if next == b'*' => self.block_comment(start),
            b'\'' => self.string(start + 1, !self.standard_strings),
            b'"' => self.quoted_name(start + 1),
            b'$' => self.dollar(start),
            b'e' | b'E' if next == b'\'' => self.string(start + 2, true),
            b'n' | b'N' if next == b'\'' => self.string(start + 2, !self.standard_strings),
            b'b' | b'B' | b'x' | b'X' if next == b'\'' => self.string(start + 2, false),
            b'u' | b'U' if next == b'&' && self.byte(start + 2) == b'\'' => self.string(start + 3, false),
            b'u' | b'U' if next == b'&' && self.byte(start + 2) == b'"' => self.quoted_name(start + 3),
            byte if starts_word(byte) => (Word, self.skip_while(start, continues_word), true),
            byte if byte.is_ascii_digit() => {
                (Other, self.skip_while(start, |byte| byte.is_ascii_digit()), true)
            }
            b';' => one(Semicolon),
            b'(' => one(Open),
            b')' => one(Close),
            b'\\' => one(Backslash),
            _ => one(Other),
        }
    }

    fn block_comment(&self, start: usize) -> (TokenKind, usize, bool) {
        let bytes = self.text.as_bytes();
        let (mut at, mut depth) = (start + 2, 1_usize);
        while at < bytes.len() {
            match (bytes[at], self.byte(at + 1)) {
                (b'*', b'/') if depth == 1 => return (TokenKind::BlockComment, at + 2, true),
                (b'*', b'/') => (at, depth) = (at + 2, depth - 1),
                (b'/', b'*') => (at, depth) = (at + 2, depth + 1),
                _ => at += 1,
            }
        }
        (TokenKind::BlockComment, bytes.len(), false)
    }

    /// The rest of a string whose first character is at `at`.
    fn string(&self, mut at: usize, escapes: bool) -> (TokenKind, usize, bool) {
        let bytes = self.text.as_bytes();
        while at < bytes.len() {
            match bytes[at] {
                b'\\' if escapes => at += 2,
                b'\'' if self.byte(at + 1) == b'\'' => at += 2,
                // 4.1.2.1: a constant goes on after a newline, and goes on with the same escapes.
                b'\'' if escapes => match self.continuation(at + 1) {
                    Some(next) => at = next,
                    None => return (TokenKind::Text, at + 1, true),
                },
                b'\'' => return (TokenKind::Text, at + 1, true),
                _ => at += 1,
            }
        }
        (TokenKind::Text, bytes.len(), false)
    }

    /// The first character of the next part of a constant whose closing quote is before `at`.
    fn continuation(&self, mut at: usize) -> Option<usize> {
        let mut newline = false;
        loop {
            let after = self.skip_while(at, is_space);
            newline |= self.text.as_bytes()[at..after].iter().any(|byte| matches!(byte, b'\n' | b'\r'));
            match (self.byte(after), self.byte(after + 1)) {
                (b'-', b'-') => at = self.skip_while(after, |byte| !matches!(byte, b'\n' | b'\r')),
                (b'\'', _) if newline => return Some(after + 1),
                _ => return None,
            }
        }
    }

    fn quoted_name(&self, mut at: usize) -> (TokenKind, usize, bool) {
        let bytes = self.text.as_bytes();
        while at < bytes.len() {
            match bytes[at] {
                b'"' if self.byte(at + 1) == b'"' => at += 2,
                b'"' => return (TokenKind::QuotedName, at + 1, true),
                _ => at += 1,
            }
        }
        (TokenKind::QuotedName, bytes.len(), false)
    }

    /// A dollar quote, a parameter, or a lone `$`.
    fn dollar(&self, start: usize) -> (TokenKind, usize, bool) {
        let first = self.byte(start + 1);
        if first.is_ascii_digit() {
            return (TokenKind::Other, self.skip_while(start + 1, |byte| byte.is_ascii_digit()), true);
        }
        let tag_end = match starts_word(first) {
            true => self.skip_while(start + 1, |byte| continues_word(byte) && byte != b'$'),
            false => start + 1,
        };
        if self.byte(tag_end) != b'$' {
            return (TokenKind::Other, start + 1, true);
        }
        let tag = &self.text[start..=tag_end];
        match self.text[tag_end + 1..].find(tag) {
            Some(found) => (TokenKind::Text, tag_end + 1 + found + tag.len(), true),
            None => (TokenKind::Text, self.text.len(), false),
        }
    }
}

impl Iterator for Lexer<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        if self.at >= self.text.len() {
            return None;
        }
        let (kind, end, ended) = self.token_at(self.at);
        let span = Span::new(self.at, end);
        self.at = end;
        Some(Token { kind, span, ended })
    }
}

/// Source: `scan.l`; the vertical tab counts since PostgreSQL 16.
pub(crate) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c)
}

/// 4.1.1; every character outside of ASCII belongs to words.
fn starts_word(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80
}

fn continues_word(byte: u8) -> bool {
    starts_word(byte) || byte.is_ascii_digit() || byte == b'$'
}
