//! Text to statements. A statement ends at a semicolon outside of strings, comments, parentheses and
//! `BEGIN ATOMIC` bodies, as psql sees it: this needs no grammar, so syntax that is newer than Groundline
//! can't mislead it. Out: what a statement is (`classify`), what runs together (`group`).
//! Called by `Script::parse`.

use crate::classify::{Class, classify};
use crate::lexer::{Lexer, Token, TokenKind};
use crate::notes::Notes;
use crate::psql::{self, Meta};
use crate::routine::Routine;
use crate::{Directive, Script, Statement, StatementKind, copy, group};
use groundline_core::Span;

/// Splits a text.
pub(crate) fn split(text: &str) -> Script {
    // A byte order mark belongs to the file, not to its first statement.
    let start = text.len() - text.strip_prefix('\u{feff}').unwrap_or(text).len();
    let mut splitter = Splitter {
        text,
        lexer: Lexer::new(text, start),
        open: None,
        statements: Vec::new(),
        directives: Vec::new(),
        notes: Notes::new(text),
    };
    splitter.run();
    let Splitter { statements, directives, mut notes, .. } = splitter;
    group::note_transactions(&statements, &mut notes);
    Script { statements, directives, notes: notes.finish() }
}

/// A statement whose end has not come yet.
struct Open {
    span: Span,
    /// Where the parentheses that are open now began.
    parentheses: Vec<usize>,
    routine: Routine,
    /// It reaches the end of the text, and a note says why.
    is_noted: bool,
}

struct Splitter<'a> {
    text: &'a str,
    lexer: Lexer<'a>,
    open: Option<Open>,
    statements: Vec<Statement>,
    directives: Vec<Directive>,
    notes: Notes<'a>,
}

impl Splitter<'_> {
    fn run(&mut self) {
        if let Some(nul) = self.text.find('\0') {
            let why = "PostgreSQL takes no such byte; the statement that has it can't be sent";
            self.notes.add(nul, "the text has a NUL byte", why);
        }
        while let Some(token) = self.lexer.next() {
            match token.kind {
                TokenKind::Space => {}
                TokenKind::LineComment => self.directive(token.span),
                TokenKind::BlockComment if token.ended => {}
                TokenKind::Semicolon if self.at_top_level() => self.end_at_semicolon(token.span.end),
                TokenKind::Backslash => self.backslash(token.span.start),
                _ => self.extend(token),
            }
        }
        self.note_open_end();
        self.end();
    }

    fn at_top_level(&self) -> bool {
        self.open.as_ref().is_none_or(|open| open.parentheses.is_empty() && !open.routine.is_open())
    }

    fn directive(&mut self, span: Span) {
        let comment = &self.text[span.range()];
        if let Some(text) = comment.trim_start_matches('-').trim_start().strip_prefix("groundline:") {
            self.directives.push(Directive { span, text: text.trim().to_owned() });
        }
    }

    fn extend(&mut self, token: Token) {
        let open = self.open.get_or_insert_with(|| Open {
            span: token.span,
            parentheses: Vec::new(),
            routine: Routine::new(),
            is_noted: false,
        });
        open.span.end = token.span.end;
        if open.parentheses.is_empty() {
            open.routine.follow(token.kind, &self.text[token.span.range()]);
        }
        match token.kind {
            TokenKind::Open => open.parentheses.push(token.span.start),
            TokenKind::Close => drop(open.parentheses.pop()),
            _ => {}
        }
        if !token.ended {
            open.is_noted = true;
            self.note_unended(token);
        }
    }

    fn note_unended(&mut self, token: Token) {
        let (what, lacks) = match token.kind {
            TokenKind::BlockComment => ("a comment has no end", "*/"),
            TokenKind::QuotedName => ("a quoted name has no end", "\""),
            _ if self.text[token.span.start..].starts_with('$') => {
                ("a dollar quote has no end", "matching tag")
            }
            _ => ("a string has no end", "'"),
        };
        let why =
            format!("no {lacks} closes what begins here; the rest of the text is sent as one statement");
        self.notes.add(token.span.start, what, why);
    }

    /// The text ends inside of parentheses or of a body.
    fn note_open_end(&mut self) {
        let Some(open) = self.open.as_ref().filter(|open| !open.is_noted) else { return };
        let rest = "the rest of the text is sent as one statement";
        if let Some(at) = open.parentheses.first() {
            self.notes.add(*at, "a parenthesis is not closed", format!("it opens here; {rest}"));
        } else if open.routine.is_open() {
            let why = format!("the statement begins here; {rest}");
            self.notes.add(open.span.start, "BEGIN ATOMIC has no END", why);
        }
    }

    fn end_at_semicolon(&mut self, after: usize) {
        if matches!(self.end(), Some(Class::CopyFromStdin)) {
            self.copy_data(after);
        }
    }

    /// Ends the open statement, if there is one, and says what it was.
    fn end(&mut self) -> Option<Class> {
        let span = self.open.take()?.span;
        let class = classify(&self.text[span.range()]);
        let kind = match &class {
            Class::Kind(kind) => kind.clone(),
            Class::StandardStrings(on) => {
                self.lexer.set_standard_strings(*on);
                StatementKind::Ordinary
            }
            Class::Remarkable(kind, remark) => {
                self.notes.add(span.start, remark.what, remark.why);
                kind.clone()
            }
            // Without a semicolon before the end of the text there is no data; `copy_data` has it else.
            Class::CopyFromStdin => StatementKind::CopyFromStdin { data: Span::new(span.end, span.end) },
        };
        self.statements.push(Statement { span, kind });
        Some(class)
    }

    /// Takes the data lines of the COPY statement that just ended, and what is left of its own line.
    fn copy_data(&mut self, after: usize) {
        let line_end = self.text[after..].find('\n').map_or(self.text.len(), |newline| after + newline);
        let first_line = (line_end + 1).min(self.text.len());
        let data = copy::data(self.text, first_line);
        if let Some(statement) = self.statements.last_mut() {
            statement.kind = StatementKind::CopyFromStdin { data: data.lines };
        }
        if !data.ended {
            let why = "no line \\. ends the data lines that begin here; they reach to the end of the text";
            self.notes.add(data.lines.start, "COPY data has no end", why);
        }
        self.rest_of_copy_line(after, line_end);
        self.lexer.jump(data.resume);
    }

    /// psql goes on with the rest of the command's line after the data.
    fn rest_of_copy_line(&mut self, after: usize, line_end: usize) {
        let line = &self.text[..line_end];
        for token in Lexer::new(line, after) {
            match token.kind {
                TokenKind::LineComment => self.directive(token.span),
                TokenKind::Space | TokenKind::Semicolon => {}
                TokenKind::BlockComment if token.ended => {}
                _ => {
                    let end = line.trim_end().len();
                    let why = "the rest of its line is sent as one statement after the data";
                    self.notes.add(token.span.start, "a line goes on after COPY … FROM stdin", why);
                    let span = Span::new(token.span.start, end);
                    self.statements.push(Statement { span, kind: StatementKind::Ordinary });
                    return;
                }
            }
        }
    }

    /// A backslash outside of strings: psql's, since SQL has none.
    fn backslash(&mut self, start: usize) {
        if self.text[start..].starts_with("\\;") {
            let why = "psql sends the statements around it as one; here each is sent on its own";
            self.notes.add(start, "\\; between statements", why);
            self.end();
            return self.lexer.jump(start + 2);
        }
        if self.text[start..].starts_with("\\:") {
            self.notes.add(
                start,
                "\\: inside of a statement",
                "psql sends a colon for it; the server refuses it",
            );
            let span = Span::new(start, start + 2);
            self.extend(Token { kind: TokenKind::Other, span, ended: true });
            return self.lexer.jump(span.end);
        }
        let meta = psql::read(self.text, start);
        let is_inside = self.open.is_some();
        if is_inside && !meta.sends() {
            return self.meta_inside(&meta);
        }
        self.end();
        let only_sends = is_inside && matches!(meta.word, "g" | "gx");
        if !only_sends && !meta.is_harmless() {
            let why = match meta.copies_from_script() {
                true => "it is psql's own and no server knows it; its data lines are left out",
                false => "it is psql's own and no server knows it",
            };
            self.notes.add(start, format!("\\{} is not followed", meta.word), why);
        }
        let kind = StatementKind::PsqlMeta { command: meta.word.to_owned() };
        self.statements.push(Statement { span: meta.span, kind });
        self.lexer.jump(meta.resume);
        if meta.copies_from_script() {
            let line_end =
                self.text[meta.resume..].find('\n').map_or(self.text.len(), |at| meta.resume + at + 1);
            self.lexer.jump(copy::data(self.text, line_end).resume);
        }
    }

    /// psql would do it and go on with the statement; its bytes can't be cut out of the statement here.
    fn meta_inside(&mut self, meta: &Meta<'_>) {
        let why = "it is psql's own; the statement is sent with it, and the server will refuse it";
        self.notes.add(meta.span.start, format!("\\{} inside of a statement", meta.word), why);
        if let Some(open) = &mut self.open {
            open.span.end = meta.span.end;
        }
        self.lexer.jump(meta.resume);
    }
}
