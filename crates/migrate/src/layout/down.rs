//! What a down part is: a script, nothing, or its author's word that there is no way back.
//! Out: whether it works (the drill).
//! Called by every layout.

use super::source::lines;
use crate::history::{Down, Step};

/// Phrases in the comments of a down without statements that say that there is no way back.
const NO_WAY_BACK: [&str; 8] = [
    "irreversible",
    "not reversible",
    "cannot be reversed",
    "cannot be reverted",
    "cannot be undone",
    "cannot be rolled back",
    "can't be reverted",
    "can't be undone",
];

/// The down of a revision whose layout found `down` (or found none), and whose up is `up`.
///
/// - `-- groundline: irreversible because …`, in either, is the author's word.
/// - A down of comments and white space alone, or of one `SELECT` of a literal as templates have it, is none;
///   unless a comment in it says that there is no way back.
/// - A down that only raises an exception is the author's word, too.
pub fn of(up: &Step, down: Option<Step>) -> Down {
    let declared = down.as_ref().and_then(|step| directive(step.sql())).or_else(|| directive(up.sql()));
    if let Some(reason) = declared {
        return Down::Irreversible(reason);
    }
    let Some(down) = down else { return Down::None };
    let rest = after_comments(down.sql());
    if rest.is_empty() || selects_a_literal(rest) {
        return comment_of_no_way_back(down.sql()).map_or(Down::None, Down::Irreversible);
    }
    match raised(rest) {
        Some(message) => Down::Irreversible(message),
        None => Down::Script(down),
    }
}

/// The reason after `-- groundline: irreversible`, with or without `because`.
fn directive(sql: &str) -> Option<String> {
    lines(sql).find_map(|line| irreversible(line.text.trim_start().strip_prefix("--")?.trim_start()))
}

/// The reason in a comment that says so, without the sign that begins it.
pub fn irreversible(comment: &str) -> Option<String> {
    let words = comment.strip_prefix("groundline:")?.trim_start().strip_prefix("irreversible")?;
    let reason = words.trim().trim_start_matches([':', ',']).trim_start();
    let reason = reason.strip_prefix("because").unwrap_or(reason).trim();
    Some(if reason.is_empty() {
        "its author says so, without a reason".to_owned()
    } else {
        reason.to_owned()
    })
}

/// The text from its first statement on; comments, white space and lone semicolons before it are gone.
fn after_comments(sql: &str) -> &str {
    let mut rest = sql;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == ';');
        if rest.starts_with("--") {
            rest = rest.find('\n').map_or("", |end| &rest[end..]);
        } else if rest.starts_with("/*") {
            rest = &rest[block_comment(rest)..];
        } else {
            return rest;
        }
    }
}

/// The length of the block comment that the text starts with; they nest.
/// Source: PostgreSQL manual, 4.1.5 "Comments".
fn block_comment(text: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    let bytes = text.as_bytes();
    while at + 1 < bytes.len() {
        match &bytes[at..at + 2] {
            b"/*" => (depth, at) = (depth + 1, at + 2),
            b"*/" if depth == 1 => return at + 2,
            b"*/" => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
    }
    text.len()
}

/// All that the comments say, if one of the phrases is in it.
fn comment_of_no_way_back(sql: &str) -> Option<String> {
    let is_comment = |line: &str| line.trim_start().starts_with(['-', '/', '*']);
    let comments = lines(sql).filter(|line| is_comment(line.text));
    let words = comments.map(|line| line.text.trim_matches(|c: char| c.is_whitespace() || "-/*".contains(c)));
    let said = words.filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ");
    let lower = said.to_ascii_lowercase();
    let reason = match lower.starts_with("irreversible") {
        true => said["irreversible".len()..].trim_start_matches([':', ',', ' ']),
        false => &said,
    };
    let reason = if reason.is_empty() { &said } else { reason };
    NO_WAY_BACK.iter().any(|phrase| lower.contains(phrase)).then(|| reason.to_owned())
}

/// One `SELECT` of a number or a string and nothing else, such as goose's template has for a down.
fn selects_a_literal(sql: &str) -> bool {
    let Some(rest) = strip_word(sql, "select") else { return false };
    let after = match rest.strip_prefix('\'') {
        Some(quoted) => quoted.find('\'').map(|end| &quoted[end + 1..]),
        None => Some(rest.trim_start_matches(|c: char| c.is_ascii_digit()))
            .filter(|after| after.len() < rest.len()),
    };
    after.is_some_and(|after| after_comments(after).is_empty())
}

/// The message of a `DO` block that only raises an exception.
fn raised(sql: &str) -> Option<String> {
    let rest = strip_word(sql, "do")?;
    let rest = strip_word(rest, "language plpgsql").unwrap_or(rest);
    let tag = &rest[..rest.strip_prefix('$')?.find('$')? + 2];
    let (body, after) = rest[tag.len()..].split_once(tag)?;
    let after = after_comments(after);
    let after = strip_word(after, "language plpgsql").unwrap_or(after);
    let raise = strip_word(strip_word(after_comments(body), "begin")?, "raise exception")?;
    let (message, end) = raise.split_once(';')?;
    let end = strip_word(after_comments(end), "end")?;
    let ends = after_comments(after).is_empty() && after_comments(end).is_empty();
    ends.then(|| message.trim().trim_matches('\'').to_owned())
}

/// What follows one or more words, which may be in any case and any white space apart.
fn strip_word<'a>(text: &'a str, words: &str) -> Option<&'a str> {
    let mut rest = text;
    for word in words.split(' ') {
        rest = rest.trim_start();
        let head = rest.get(..word.len())?;
        if !head.eq_ignore_ascii_case(word) {
            return None;
        }
        rest = &rest[word.len()..];
        if rest.starts_with(|c: char| c.is_alphanumeric() || c == '_') {
            return None;
        }
    }
    Some(rest.trim_start())
}
