//! As much of Python as a file of revisions needs: its top-level statements, literals, and what is code in it.
//! Out: what the names in it mean to Alembic (`mod`). Nothing is run.
//! Called by the layout and by the lock, which tells an edited comment from an edited revision.

use groundline_core::Span;

/// What a stretch of text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece {
    Code,
    Text,
    Comment,
}

/// The text in pieces: strings with their quotes, comments without the line break, and the code between.
/// Source: Python's reference, 2.4 "Literals": a backslash keeps the next character in raw strings, too.
fn pieces(text: &str) -> Vec<(Piece, Span)> {
    let bytes = text.as_bytes();
    let (mut pieces, mut code, mut at) = (Vec::new(), 0, 0);
    while at < bytes.len() {
        let (piece, end) = match bytes[at] {
            b'#' => (Piece::Comment, text[at..].find('\n').map_or(text.len(), |length| at + length)),
            b'\'' | b'"' => (Piece::Text, end_of_string(bytes, at)),
            _ => {
                at += 1;
                continue;
            }
        };
        if code < at {
            pieces.push((Piece::Code, Span::new(code, at)));
        }
        pieces.push((piece, Span::new(at, end)));
        (at, code) = (end, end);
    }
    if code < text.len() {
        pieces.push((Piece::Code, Span::new(code, text.len())));
    }
    pieces
}

fn end_of_string(bytes: &[u8], start: usize) -> usize {
    let quote = bytes[start];
    let triple = bytes[start..].starts_with(&[quote; 3]);
    let width = if triple { 3 } else { 1 };
    let mut at = start + width;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'\n' if !triple => return at,
            _ if bytes[at..].starts_with(&[quote; 3][..width]) => return at + width,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// The statements that begin at the margin, each with everything up to the next one.
pub fn top_level(text: &str) -> Vec<Span> {
    let (mut starts, mut depth, mut continued) = (Vec::new(), 0_usize, false);
    let mut line_start = true;
    for (piece, span) in pieces(text) {
        if piece != Piece::Code {
            if line_start && piece == Piece::Text {
                starts.push(span.start);
            }
            line_start = line_start && piece == Piece::Comment;
            continue;
        }
        for (offset, c) in text[span.range()].char_indices() {
            let begins = line_start && !continued && !c.is_whitespace() && !")]}".contains(c);
            if begins && depth == 0 {
                starts.push(span.start + offset);
            }
            match c {
                '(' | '[' | '{' => depth += 1,
                ')' | ']' | '}' => depth = depth.saturating_sub(1),
                _ => {}
            }
            line_start = c == '\n' && depth == 0;
            continued = c == '\\' || (continued && c != '\n' && c.is_whitespace());
            if c == '\n' {
                continued = text[..span.start + offset].trim_end_matches('\r').ends_with('\\');
            }
        }
    }
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    starts.iter().zip(ends).map(|(start, end)| Span::new(*start, end)).collect()
}

/// The text without comments, blank lines and white space at the end of lines: what Python sees of it. Strings
/// stay as they are.
pub fn normal_form(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (piece, span) in pieces(text) {
        let text = &text[span.range()];
        match piece {
            Piece::Comment => {}
            Piece::Text => out.push_str(text),
            Piece::Code => {
                for part in text.split_inclusive('\n') {
                    match part.strip_suffix('\n') {
                        Some(line) => {
                            out.push_str(line);
                            out.truncate(out.trim_end().len());
                            out.push_str(if out.is_empty() { "" } else { "\n" });
                        }
                        None => out.push_str(part),
                    }
                }
            }
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// The comments, without `#`.
pub fn comments(text: &str) -> impl Iterator<Item = &str> {
    let comments = pieces(text).into_iter().filter(|(piece, _)| *piece == Piece::Comment);
    comments.map(|(_, span)| text[span.range()].trim_start_matches('#').trim())
}

/// The strings of a literal: `None` (none), `'a'`, `('a', 'b')`, `['a']`. Nothing where it is anything else.
pub fn strings(literal: &str) -> Option<Vec<String>> {
    let mut found = Vec::new();
    for (piece, span) in pieces(literal) {
        let part = &literal[span.range()];
        match piece {
            Piece::Comment => {}
            Piece::Text => found.push(unquoted(part)?),
            Piece::Code => {
                let rest = part.replace("None", "").replace("set()", "").replace("tuple()", "");
                let is_prefix = |c: char| matches!(c, 'r' | 'R' | 'u' | 'U');
                let is_plain = |c: char| c.is_whitespace() || "()[]{},\\".contains(c) || is_prefix(c);
                rest.chars().all(is_plain).then_some(())?;
            }
        }
    }
    Some(found)
}

fn unquoted(string: &str) -> Option<String> {
    let quotes = if string.starts_with("'''") || string.starts_with("\"\"\"") { 3 } else { 1 };
    let inner = string.get(quotes..string.len().checked_sub(quotes)?)?;
    (!inner.contains('\\')).then(|| inner.to_owned())
}

/// The statements of a function's body, normal form, one a line of the body; a docstring is none of them.
pub fn body(function: &str) -> Vec<String> {
    let normal = normal_form(function);
    let Some(start) = body_start(&normal) else { return Vec::new() };
    let body = normal[start..].trim();
    let body = match pieces(body).first() {
        Some((Piece::Text, docstring)) => body[docstring.end..].trim(),
        _ => body,
    };
    body.split(['\n', ';']).map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
}

/// The logical lines of a function's body, comments and a docstring left out: where each begins and ends.
/// Source: Python's reference, 2.1.5 "Explicit line joining", 2.1.6 "Implicit line joining".
pub fn logical_lines(function: &str) -> Vec<Span> {
    let Some(start) = body_start(function) else { return Vec::new() };
    let (mut lines, mut depth, mut open) = (Vec::new(), 0_usize, None);
    let mut close = |open: &mut Option<usize>, end: usize| {
        let line = |begin: usize| Span::new(begin, begin + function[begin..end].trim_end().len());
        lines.extend(open.take().map(line));
    };
    for (piece, span) in pieces(&function[start..]) {
        let (from, to) = (start + span.start, start + span.end);
        match piece {
            Piece::Text => drop(open.get_or_insert(from)),
            Piece::Comment if depth == 0 => close(&mut open, from),
            Piece::Comment => {}
            Piece::Code => {
                for (offset, c) in function[from..to].char_indices() {
                    let is_joined = || function[..from + offset].trim_end_matches('\r').ends_with('\\');
                    match c {
                        '(' | '[' | '{' => depth += 1,
                        ')' | ']' | '}' => depth = depth.saturating_sub(1),
                        '\n' if depth == 0 && !is_joined() => close(&mut open, from + offset),
                        _ => {}
                    }
                    if !c.is_whitespace() {
                        open.get_or_insert(from + offset);
                    }
                }
            }
        }
    }
    close(&mut open, function.len());
    let is_docstring = |line: &Span| function[line.range()].starts_with(['\'', '"']);
    let docstring = usize::from(lines.first().is_some_and(is_docstring));
    lines.split_off(docstring)
}

/// The strings in a text that have no escapes, without their quotes.
pub fn texts(text: &str) -> impl Iterator<Item = String> {
    let strings = pieces(text).into_iter().filter(|(piece, _)| *piece == Piece::Text);
    strings.filter_map(|(_, span)| unquoted(&text[span.range()]))
}

/// Behind the colon that ends `def name(…) -> …:`.
fn body_start(function: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (piece, span) in pieces(function) {
        if piece != Piece::Code {
            continue;
        }
        for (offset, c) in function[span.range()].char_indices() {
            match c {
                '(' | '[' | '{' => depth += 1,
                ')' | ']' | '}' => depth = depth.saturating_sub(1),
                ':' if depth == 0 => return Some(span.start + offset + 1),
                _ => {}
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "\"\"\"A\n\ndef no(): pass\n\"\"\"\nimport x\nrevision: str = 'a' # ' it\ndown_revision = (\n'b',\n)\n\n\
                        def upgrade():\n    f('''\nnot = top\n''')\n\n# end\ndef downgrade() -> None:\n    pass\n";

    #[test]
    fn statements_at_the_margin() {
        let starts: Vec<&str> = top_level(FILE)
            .iter()
            .map(|span| FILE[span.range()].split_whitespace().next().unwrap())
            .collect();
        assert_eq!(starts, ["\"\"\"A", "import", "revision:", "down_revision", "def", "def"]);
        assert_eq!(top_level("x = 1 + \\\n2\ny = 3\n").len(), 2);
        assert_eq!(top_level("# 'a\nx = {\n# }\n'a': 1}\n").len(), 1);
    }

    #[test]
    fn literals() {
        let owned = |all: &[&str]| Some(all.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert_eq!(strings(" None"), owned(&[]));
        assert_eq!(strings("'a'  # b"), owned(&["a"]));
        assert_eq!(strings("(\"a\", u'b',)"), owned(&["a", "b"]));
        assert_eq!(strings("other.revision"), None);
        assert_eq!(strings("f'{a}'"), None);
    }

    #[test]
    fn comments_and_blank_lines_are_no_code() {
        let of = |text| normal_form(text);
        assert_eq!(of("# a\nx = 1  # b\n\n\ny = '#  \n'\n"), of("x = 1\ny = '#  \n'\n"));
        assert_ne!(of("x = '''a\n\nb'''"), of("x = '''a\nb'''"));
        assert_ne!(of("if a:\n    b\nc"), of("if a:\n    b\n    c"));
    }

    #[test]
    fn lines_of_a_body() {
        let function = "def upgrade() -> None:\n    'Doc'\n    # a\n    op.a('x',  # b\n         1)\n\n    \
                        with op.b() as c:\n        c.d(\"\"\"\ne\n\"\"\")  # f\n    x = 1 + \\\n        2\n";
        let lines: Vec<&str> = logical_lines(function).iter().map(|span| &function[span.range()]).collect();
        let wanted = [
            "op.a('x',  # b\n         1)",
            "with op.b() as c:",
            "c.d(\"\"\"\ne\n\"\"\")",
            "x = 1 + \\\n        2",
        ];
        assert_eq!(lines, wanted);
        assert_eq!(Vec::from_iter(texts("f('a', \"\"\"b\"\"\", 'c\\n')")), ["a", "b"]);
    }

    #[test]
    fn bodies() {
        assert_eq!(body("def downgrade(x: int = 1) -> None:\n    \"\"\"Doc: it\"\"\"\n    pass\n"), ["pass"]);
        assert_eq!(body("def downgrade(): pass"), ["pass"]);
        assert_eq!(body("def downgrade():\n    # nothing\n    op.drop('a')\n").len(), 1);
    }
}
