//! One file of revisions: what its names say, and which part of it is the way up and which the way down.
//! Out: how the files follow each other (`mod`), and Python itself (`python`).
//! Called by the layout.

use super::python;
use crate::history::{Down, Language, Step, Transaction};
use crate::layout::Listing;
use crate::layout::down;
use crate::layout::source::Source;
use groundline_core::{Fault, Result, Span};

/// A file of revisions.
pub struct Script {
    pub revision: String,
    /// The file's name, without the identifier and what stands before it.
    pub name: String,
    pub down_revisions: Vec<String>,
    pub depends_on: Vec<String>,
    pub branch_labels: Vec<String>,
    pub up: Step,
    pub down: Down,
}

impl Script {
    /// Reads a file; nothing where it names no revision.
    ///
    /// # Errors
    /// One of the names is given something else than literals.
    pub fn read(folder: &Listing, source: &Source) -> Result<Option<Self>> {
        let statements = python::top_level(&source.text);
        let named = |name: &str| named(folder, source, &statements, name);
        let Some(revision) = named("revision")?.and_then(|mut all| all.pop()) else { return Ok(None) };
        let stem = source.file.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        let after = stem.split_once(&revision).map_or(stem, |(_, after)| after);
        let (up, down) = parts(source, &statements);
        Ok(Some(Self {
            name: after.trim_start_matches(['_', '-']).to_owned(),
            down_revisions: named("down_revision")?.unwrap_or_default(),
            depends_on: named("depends_on")?.unwrap_or_default(),
            branch_labels: named("branch_labels")?.unwrap_or_default(),
            revision,
            up,
            down,
        }))
    }
}

/// What a name is given: `name = literal`, `name: annotation = literal`.
fn named(folder: &Listing, source: &Source, statements: &[Span], name: &str) -> Result<Option<Vec<String>>> {
    let value = statements.iter().rev().find_map(|span| {
        let rest = source.text[span.range()].strip_prefix(name)?;
        let is_it = rest.trim_start().starts_with([':', '=']) && !rest.trim_start().starts_with("==");
        let (_, value) = rest.split_once('=').filter(|_| is_it)?;
        Some((span, value))
    });
    let Some((span, value)) = value else { return Ok(None) };
    python::strings(value).map(Some).ok_or_else(|| {
        Fault::new(format!("{name} is given something else than strings"))
            .at(source.place(folder, span.start))
            .why("the files are read without running them")
            .next(format!("write {name} as a string, or as a tuple of strings"))
    })
}

/// The way up is the file but for the function `downgrade`, which is the way down.
fn parts(source: &Source, statements: &[Span]) -> (Step, Down) {
    let text = &source.text;
    let function = statements.iter().rev().find(|span| defines(text, **span, "downgrade"));
    let around = match function {
        Some(down) if text[down.end..].trim().is_empty() => vec![Span::new(0, down.start)],
        Some(down) => vec![Span::new(0, down.start), Span::new(down.end, text.len())],
        None => vec![Span::new(0, text.len())],
    };
    let transaction = |text: &str| match python::normal_form(text).contains("autocommit_block(") {
        true => Transaction::MarkedOutside,
        false => Transaction::Wrapped,
    };
    let step = |spans: &[Span]| {
        let step = source.step_of(spans, Transaction::Wrapped);
        Step { transaction: transaction(step.sql()), language: Language::Alembic, ..step }
    };
    let up = step(&around);
    let down = down_of(&up, function.map(|span| step(&[*span])));
    (up, down)
}

fn down_of(up: &Step, down: Option<Step>) -> Down {
    let said = |step: &Step| python::comments(step.sql()).find_map(down::irreversible);
    if let Some(reason) = down.as_ref().and_then(said).or_else(|| said(up)) {
        return Down::Irreversible(reason);
    }
    let Some(down) = down else { return Down::None };
    let body = python::body(down.sql());
    if does_nothing(&body) {
        // A merge does nothing either way: its down is whole.
        let up_does_nothing = function(up.sql(), "upgrade").is_none_or(|up| does_nothing(&python::body(up)));
        return if up_does_nothing { Down::Script(down) } else { Down::None };
    }
    match body.first().filter(|line| line.starts_with("raise ")) {
        Some(raise) => Down::Irreversible(reason(raise, &body[1..])),
        None => Down::Script(down),
    }
}

fn does_nothing(body: &[String]) -> bool {
    body.iter().all(|line| matches!(line.as_str(), "pass" | "..." | "return" | "return None"))
}

/// The text of a function at the margin.
fn function<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    span_of(text, name).map(|span| &text[span.range()])
}

/// Where a function at the margin is.
fn span_of(text: &str, name: &str) -> Option<Span> {
    let spans = python::top_level(text);
    spans.into_iter().rev().find(|span| defines(text, *span, name))
}

/// The statements of the function that a step runs, by their place in the step's text: logical lines of Python.
pub fn statements(step: &str) -> Vec<Span> {
    let function = span_of(step, "upgrade").or_else(|| span_of(step, "downgrade"));
    let Some(function) = function else { return Vec::new() };
    let lines = python::logical_lines(&step[function.range()]);
    lines.iter().map(|line| Span::new(function.start + line.start, function.start + line.end)).collect()
}

fn defines(text: &str, span: Span, name: &str) -> bool {
    let after = text[span.range()].strip_prefix("def ").and_then(|rest| rest.trim_start().strip_prefix(name));
    after.is_some_and(|rest| rest.trim_start().starts_with('('))
}

/// The message of the exception that a down raises, or the exception.
fn reason(raise: &str, rest: &[String]) -> String {
    let whole = std::iter::once(raise).chain(rest.iter().map(String::as_str)).collect::<Vec<_>>().join(" ");
    let message = whole.split_once('(').and_then(|(_, inner)| python::strings(inner));
    message
        .filter(|strings| !strings.is_empty())
        .map_or_else(|| raise.trim_start_matches("raise ").to_owned(), |strings| strings.concat())
}
