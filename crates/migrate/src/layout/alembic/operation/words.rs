//! Reading statements of ours, and writing Python: identifiers, lists in brackets, strings, SQL as a text.
//! Called by the operations.

use super::super::write::{has_parameter, quoted};

/// An identifier at the beginning, without its quotes, and what follows.
pub fn identifier(text: &str) -> Option<(String, &str)> {
    if let Some(rest) = text.strip_prefix('"') {
        let mut name = String::new();
        let mut characters = rest.char_indices().peekable();
        while let Some((at, character)) = characters.next() {
            if character != '"' {
                name.push(character);
            } else if characters.next_if(|(_, next)| *next == '"').is_some() {
                name.push('"');
            } else {
                return Some((name, &rest[at + 1..]));
            }
        }
        return None;
    }
    let is_word = |at: char| at.is_alphanumeric() || at == '_' || at == '$';
    let end = text.find(|at| !is_word(at)).unwrap_or(text.len());
    (end > 0).then(|| (text[..end].to_owned(), &text[end..]))
}

/// `a.b`, and what follows.
pub fn qualified(text: &str) -> Option<(String, String, &str)> {
    let (schema, rest) = identifier(text)?;
    let (name, rest) = identifier(rest.strip_prefix('.')?)?;
    Some((schema, name, rest))
}

/// What stands in the brackets at the beginning, and what follows them.
pub fn between(text: &str) -> Option<(&str, &str)> {
    let inner = text.strip_prefix('(')?;
    let (mut depth, mut quote) = (1, None);
    for (at, character) in inner.char_indices() {
        match (quote, character) {
            (Some(open), _) if character == open => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(character),
            (None, '(') => depth += 1,
            (None, ')') => {
                depth -= 1;
                if depth == 0 {
                    return Some((&inner[..at], &inner[at + 1..]));
                }
            }
            _ => {}
        }
    }
    None
}

/// The parts between commas that are in no brackets and no quotes.
pub fn list(text: &str) -> Vec<&str> {
    let (mut depth, mut quote, mut start, mut parts) = (0, None, 0, Vec::new());
    for (at, character) in text.char_indices() {
        match (quote, character) {
            (Some(open), _) if character == open => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(character),
            (None, '(' | '[') => depth += 1,
            (None, ')' | ']') => depth -= 1,
            (None, ',') if depth == 0 => {
                parts.push(text[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(text[start..].trim());
    parts
}

/// A list of names as strings of Python.
pub fn names(text: &str) -> Option<Vec<String>> {
    list(text)
        .into_iter()
        .map(|part| identifier(part).filter(|(_, rest)| rest.is_empty()).map(|(name, _)| string(&name)))
        .collect()
}

/// A string of Python.
pub fn string(text: &str) -> String {
    quoted(text)
}

/// SQL for SQLAlchemy; none where it would see a parameter in it.
pub fn sql_text(sql: &str) -> Option<String> {
    (!has_parameter(sql)).then(|| format!("sa.text({})", quoted(sql)))
}

/// The longest call in one line.
const WIDTH: usize = 100;

/// `op.name(…)`, over several lines where it is long.
pub fn call(name: &str, arguments: &[String], indent: &str) -> String {
    let one = format!("op.{name}({})", arguments.join(", "));
    if one.len() <= WIDTH {
        return one;
    }
    let lines: String = arguments.iter().map(|argument| format!("{indent}    {argument},\n")).collect();
    format!("op.{name}(\n{lines}{indent})")
}
