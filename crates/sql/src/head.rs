//! Reading a statement's words one after the other, white space and comments left out.
//! Out: what the words mean (`classify`, `outside`).
//! Called by these two.

use crate::lexer::{Lexer, Token, TokenKind};
use std::iter::Peekable;

/// The tokens that count of one statement, from the first that was not taken yet.
pub(crate) struct Head<'a> {
    text: &'a str,
    tokens: Peekable<Lexer<'a>>,
}

impl<'a> Head<'a> {
    /// At the beginning of a statement.
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, tokens: Lexer::new(text, 0).peekable() }
    }

    /// The next token, not taken.
    pub(crate) fn peek(&mut self) -> Option<Token> {
        let trivia = |token: &Token| {
            matches!(token.kind, TokenKind::Space | TokenKind::LineComment | TokenKind::BlockComment)
        };
        while self.tokens.next_if(trivia).is_some() {}
        self.tokens.peek().copied()
    }

    /// Takes the next token.
    pub(crate) fn take(&mut self) -> Option<Token> {
        let token = self.peek();
        self.tokens.next();
        token
    }

    /// The next token's text if it is a word without quotes, not taken.
    pub(crate) fn word(&mut self) -> Option<&'a str> {
        let token = self.peek()?;
        (token.kind == TokenKind::Word).then(|| self.text_of(token))
    }

    /// A token's text.
    pub(crate) fn text_of(&self, token: Token) -> &'a str {
        &self.text[token.span.range()]
    }

    /// Takes the next token if it is this word, in any case.
    pub(crate) fn eat(&mut self, word: &str) -> bool {
        let found = self.word().is_some_and(|next| next.eq_ignore_ascii_case(word));
        if found {
            self.take();
        }
        found
    }

    /// Takes these words if they all come next; else it may have taken some of them.
    pub(crate) fn eat_all(&mut self, words: &[&str]) -> bool {
        words.iter().all(|word| self.eat(word))
    }

    /// Takes a name, with its schema if it has one.
    pub(crate) fn skip_name(&mut self) {
        self.take();
        while self.peek().map(|token| self.text_of(token)) == Some(".") {
            self.take();
            self.take();
        }
    }

    /// Takes tokens up to and with this word outside of parentheses; false if it does not come.
    pub(crate) fn seek(&mut self, word: &str) -> bool {
        let mut depth = 0_usize;
        loop {
            if depth == 0 && self.eat(word) {
                return true;
            }
            match self.take().map(|token| token.kind) {
                None => return false,
                Some(TokenKind::Open) => depth += 1,
                Some(TokenKind::Close) => depth = depth.saturating_sub(1),
                Some(_) => {}
            }
        }
    }

    /// Takes a list of options in parentheses if one comes next, and gives the value of the option of this
    /// name as PostgreSQL's `defGetBoolean` reads it (alone it means true); nothing if it is not there.
    pub(crate) fn options(&mut self, names: &[&str]) -> Vec<Option<bool>> {
        let mut values = vec![None; names.len()];
        if self.peek().is_none_or(|token| token.kind != TokenKind::Open) {
            return values;
        }
        self.take();
        let mut current = None;
        let mut expects_name = true;
        while let Some(token) = self.take() {
            let piece = self.text_of(token);
            match token.kind {
                TokenKind::Close => break,
                _ if piece == "," => expects_name = true,
                _ if piece == "=" => {}
                _ if expects_name => {
                    expects_name = false;
                    let bare = piece.trim_matches('"');
                    current = names.iter().position(|name| name.eq_ignore_ascii_case(bare));
                    if let Some(index) = current {
                        values[index] = Some(true);
                    }
                }
                _ => {
                    if let Some(index) = current {
                        values[index] = Some(!is_false(piece));
                    }
                }
            }
        }
        values
    }
}

/// Whether a parameter's or an option's value means no.
pub(crate) fn is_false(value: &str) -> bool {
    let bare = value.trim_matches(['\'', '"']).to_ascii_lowercase();
    matches!(bare.as_str(), "false" | "off" | "0" | "no" | "f" | "n")
}
