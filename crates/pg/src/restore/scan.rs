//! Finds the end of a statement while a dump is read line by line. In: the lexical rules that decide whether a
//! semicolon ends a statement; they hold from one line to the next, so nothing is read twice.
//! Out: what a statement is; texts that are in memory as a whole (`groundline_sql::Script`, which wants all of
//! one, and as UTF-8). Works on bytes: every encoding a dump can have keeps ASCII as it is.
//! Called by the reader.
//!
//! Sources: PostgreSQL manual, 4.1 "Lexical Structure"; psql's `psqlscan.l` for `BEGIN ATOMIC` bodies.

/// What a line's end was reached in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Inside {
    #[default]
    Code,
    /// A string; with backslash escapes or without.
    Text {
        escapes: bool,
    },
    Name,
    /// A dollar quote: its delimiter, `$` included.
    Dollar(Vec<u8>),
    /// A block comment and its depth.
    Comment(usize),
}

/// The state of reading one statement.
#[derive(Clone, Debug, Default)]
pub(super) struct Scan {
    inside: Inside,
    /// Whether there was anything but blanks and comments.
    begun: bool,
    parentheses: usize,
    /// Open `BEGIN` and `CASE` of an SQL-standard routine body.
    blocks: usize,
    words: Vec<String>,
    last_word: String,
    from_stdin: bool,
    backslashes_escape: bool,
}

/// How many words from the start of a statement are kept.
const WORDS: usize = 8;

impl Scan {
    /// The words outside of parentheses from the statement's start, in upper case, eight at most. Quoted names
    /// are not among them.
    pub(super) fn words(&self) -> &[String] {
        &self.words
    }

    /// Whether the statement is a `COPY … FROM stdin`.
    pub(super) fn copies_from_stdin(&self) -> bool {
        self.from_stdin && self.words.first().is_some_and(|word| word == "COPY")
    }

    /// What is still open at this point, if anything.
    pub(super) fn open(&self) -> Option<&'static str> {
        match self.inside {
            Inside::Text { .. } => Some("a string"),
            Inside::Name => Some("a quoted name"),
            Inside::Dollar(_) => Some("a dollar-quoted string"),
            Inside::Comment(_) => Some("a comment"),
            Inside::Code => None,
        }
    }

    /// Whether there were only blanks and whole comments so far.
    pub(super) fn is_blank(&self) -> bool {
        !self.begun && self.inside == Inside::Code
    }

    /// `standard_conforming_strings`: whether a backslash in `'…'` is an ordinary character.
    pub(super) fn set_standard_strings(&mut self, on: bool) {
        self.backslashes_escape = !on;
    }

    /// Forgets the statement; the next one begins.
    pub(super) fn begin(&mut self) {
        *self = Scan { backslashes_escape: self.backslashes_escape, ..Scan::default() };
    }

    /// Reads `line` from byte `at` on: the offset behind the semicolon that ends the statement, or none when
    /// the statement goes on in the next line.
    pub(super) fn line(&mut self, line: &[u8], mut at: usize) -> Option<usize> {
        while at < line.len() {
            let inside = std::mem::take(&mut self.inside);
            at = match inside {
                Inside::Code => match self.code(line, at) {
                    Ok(next) => next,
                    Err(end) => return Some(end),
                },
                Inside::Text { escapes } => self.text(line, at, escapes),
                Inside::Name => self.until(line, at, b"\"", Inside::Name),
                Inside::Dollar(delimiter) => {
                    self.until(line, at, &delimiter.clone(), Inside::Dollar(delimiter))
                }
                Inside::Comment(depth) => self.comment(line, at, depth),
            };
        }
        None
    }

    /// One token of code: where the next begins, or `Err` with the end of the statement.
    fn code(&mut self, line: &[u8], at: usize) -> Result<usize, usize> {
        let next = line.get(at + 1).copied();
        self.begun |= match line[at] {
            b'-' => next != Some(b'-'),
            b'/' => next != Some(b'*'),
            byte => byte != b';' && !byte.is_ascii_whitespace(),
        };
        match line[at] {
            b'-' if next == Some(b'-') => return Ok(line.len()),
            b'/' if next == Some(b'*') => {
                self.inside = Inside::Comment(1);
                return Ok(at + 2);
            }
            b'\'' => self.inside = Inside::Text { escapes: self.backslashes_escape },
            b'e' | b'E' if next == Some(b'\'') => {
                self.inside = Inside::Text { escapes: true };
                return Ok(at + 2);
            }
            b'"' => self.inside = Inside::Name,
            b'$' => return Ok(self.dollar(line, at)),
            b'(' => self.parentheses += 1,
            b')' => self.parentheses = self.parentheses.saturating_sub(1),
            b';' if self.parentheses == 0 && self.blocks == 0 => return Err(at + 1),
            byte if starts_word(byte) => return Ok(self.word(line, at)),
            byte if byte.is_ascii_digit() => return Ok(skip(line, at, |byte| byte.is_ascii_digit())),
            _ => {}
        }
        Ok(at + 1)
    }

    fn word(&mut self, line: &[u8], at: usize) -> usize {
        let end = skip(line, at, continues_word);
        if self.parentheses == 0 {
            let word = String::from_utf8_lossy(&line[at..end]).to_ascii_uppercase();
            self.from_stdin |= self.last_word == "FROM" && word == "STDIN";
            if self.makes_routine() {
                match word.as_str() {
                    "BEGIN" => self.blocks += 1,
                    "CASE" if self.blocks > 0 => self.blocks += 1,
                    "END" => self.blocks = self.blocks.saturating_sub(1),
                    _ => {}
                }
            }
            if self.words.len() < WORDS {
                self.words.push(word.clone());
            }
            self.last_word = word;
        }
        end
    }

    /// `CREATE [OR REPLACE] FUNCTION|PROCEDURE`, whose body may hold semicolons.
    fn makes_routine(&self) -> bool {
        let words: Vec<&str> = self.words.iter().take(4).map(String::as_str).collect();
        let what = match words.as_slice() {
            ["CREATE", "OR", "REPLACE", what, ..] | ["CREATE", what, ..] => *what,
            _ => "",
        };
        matches!(what, "FUNCTION" | "PROCEDURE")
    }

    fn dollar(&mut self, line: &[u8], at: usize) -> usize {
        let tag_end = match line.get(at + 1) {
            Some(byte) if starts_word(*byte) => {
                skip(line, at + 1, |byte| continues_word(byte) && byte != b'$')
            }
            _ => at + 1,
        };
        match line.get(tag_end) {
            Some(b'$') => {
                self.inside = Inside::Dollar(line[at..=tag_end].to_vec());
                tag_end + 1
            }
            _ => at + 1,
        }
    }

    fn text(&mut self, line: &[u8], mut at: usize, escapes: bool) -> usize {
        while at < line.len() {
            match line[at] {
                b'\\' if escapes => at += 2,
                b'\'' => return at + 1,
                _ => at += 1,
            }
        }
        self.inside = Inside::Text { escapes };
        at
    }

    /// A doubled quote ends one string and begins the next, which leaves the same state behind.
    fn until(&mut self, line: &[u8], at: usize, end: &[u8], otherwise: Inside) -> usize {
        match find(&line[at..], end) {
            Some(found) => at + found + end.len(),
            None => {
                self.inside = otherwise;
                line.len()
            }
        }
    }

    fn comment(&mut self, line: &[u8], mut at: usize, mut depth: usize) -> usize {
        while at < line.len() {
            match line[at..] {
                [b'*', b'/', ..] if depth == 1 => return at + 2,
                [b'*', b'/', ..] => (at, depth) = (at + 2, depth - 1),
                [b'/', b'*', ..] => (at, depth) = (at + 2, depth + 1),
                _ => at += 1,
            }
        }
        self.inside = Inside::Comment(depth);
        at
    }
}

fn skip(line: &[u8], from: usize, wanted: impl Fn(u8) -> bool) -> usize {
    line[from..].iter().position(|byte| !wanted(*byte)).map_or(line.len(), |found| from + found)
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    let first = wanted[0];
    let mut at = 0;
    while let Some(found) = text[at..].iter().position(|byte| *byte == first) {
        at += found;
        if text[at..].starts_with(wanted) {
            return Some(at);
        }
        at += 1;
    }
    None
}

fn starts_word(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80
}

fn continues_word(byte: u8) -> bool {
    starts_word(byte) || byte.is_ascii_digit() || byte == b'$'
}
