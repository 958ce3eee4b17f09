//! A fault as compilers print them: what, `-->` where, the lines there, `= why:`, `= next:`.
//! Called by the report's text and by every command of `cli`.

use super::Look;
use crate::Excerpt;
use crate::describe::printable;
use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use groundline_core::{Fault, Place, scrub};

/// How bad a fault is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// It failed something.
    Error,
    /// It may come to hurt.
    Warning,
    /// A person should know it.
    Note,
}

impl Severity {
    fn level(self) -> Level<'static> {
        match self {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
            Severity::Note => Level::NOTE,
        }
    }
}

/// A fault in lines, with ANSI styles, ending in a line end; scrubbed of secrets. With an excerpt, the lines
/// around the place are shown and the place is marked.
pub fn render_fault(fault: &Fault, severity: Severity, excerpt: Option<&Excerpt>, look: Look) -> String {
    let clean = |text: &str| printable(&scrub(text));
    let source = excerpt.map(|excerpt| clean(&excerpt.lines.join("\n")));
    let mut group = Group::with_title(severity.level().primary_title(clean(&fault.what)));
    match (&fault.place, excerpt, &source) {
        (Some(place), Some(excerpt), Some(source)) => {
            let path = clean(&excerpt.file);
            let position = excerpt.position;
            match offset(source, position.line - excerpt.first_line, position.column) {
                Some(at) => {
                    let snippet = Snippet::source(source.as_str()).line_start(excerpt.first_line).path(path);
                    let end = end_of_word(source, at);
                    group = group.element(snippet.annotation(AnnotationKind::Primary.span(at..end)));
                }
                None => group = group.element(origin(place, &clean)),
            }
        }
        (Some(place), ..) => group = group.element(origin(place, &clean)),
        (None, ..) => {}
    }
    let why = match (&fault.why, &fault.sqlstate) {
        (Some(why), Some(code)) => Some(format!("{why} (SQLSTATE {code})")),
        (Some(why), None) => Some(why.clone()),
        (None, Some(code)) => Some(format!("SQLSTATE {code}")),
        (None, None) => None,
    };
    let lines = [("why", why.as_ref()), ("next", fault.next.as_ref())];
    for (name, text) in lines {
        if let Some(text) = text {
            group = group.element(Level::HELP.with_name(name).message(clean(text)));
        }
    }
    // The ASCII form, always: `  --> file:line:column` is what people and editors know.
    let drawn = Renderer::styled().decor_style(DecorStyle::Ascii).term_width(look.columns()).render(&[group]);
    let drawn = drawn.trim_end_matches('\n');
    // Without source lines there is no gutter: the arrow would stand in the first column, and without a place a
    // lone bar would stand for the lines that are not there.
    match (source, &fault.place) {
        (Some(_), _) => format!("{drawn}\n"),
        (None, Some(_)) => format!("{}\n", drawn.replacen("-->", " -->", 1)),
        (None, None) => {
            drawn.lines().filter(|line| !is_lone_bar(line)).map(|line| format!("{line}\n")).collect()
        }
    }
}

/// Whether a line shows a bar and nothing else, styles aside.
fn is_lone_bar(line: &str) -> bool {
    anstream::adapter::strip_str(line).to_string().trim() == "|"
}

fn origin(place: &Place, clean: &impl Fn(&str) -> String) -> Origin<'static> {
    match place {
        Place::File { path, position: Some(position) } => {
            Origin::path(clean(&path.to_string_lossy())).line(position.line).char_column(position.column)
        }
        place => Origin::path(clean(&place.to_string())),
    }
}

/// The byte offset of a column (characters, from 1) in a line (from 0).
fn offset(source: &str, line: usize, column: usize) -> Option<usize> {
    let start: usize = source.split_inclusive('\n').take(line).map(str::len).sum();
    let text = source.get(start..)?.lines().next()?;
    let within = text.char_indices().nth(column - 1).map(|(at, _)| at);
    Some(start + within.unwrap_or(text.len().checked_sub(1)?))
}

fn end_of_word(source: &str, start: usize) -> usize {
    let rest = &source[start..];
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let word = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
    let first = rest.chars().next().map_or(0, char::len_utf8);
    start + word.max(first)
}
