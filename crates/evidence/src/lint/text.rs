//! Findings on a terminal: the line in the script, what, why, and the safe way; the trace as a table.
//! Out: other forms. Called by the commands `lint` and `trace`.

use super::{LintReport, Placed, TracedStatement, lock_words, size_words};
use crate::text::Severity as Shown;
use crate::{Excerpt, Look, count, duration, render_fault};
use groundline_core::{Fault, Place, Position};
use groundline_lint::Severity;
use std::path::Path;

/// The report in lines, with ANSI styles.
pub fn render_lint(report: &LintReport, look: Look) -> String {
    let mut text = String::new();
    if !report.trace.is_empty() {
        text.push_str(&trace(&report.trace));
        text.push('\n');
    }
    for placed in &report.findings {
        text.push_str(&finding(placed, look));
        text.push('\n');
    }
    text.push_str(&format!("{}\n", summary(report)));
    text
}

fn finding(placed: &Placed, look: Look) -> String {
    let finding = &placed.finding;
    let position = Position { line: placed.line, column: placed.column };
    let path = Path::new(&placed.file);
    let observed = if finding.observed { " (observed)" } else { "" };
    let mut why = finding.why.clone();
    if let Some(lock) = lock_words(finding) {
        let blocks = finding.lock.map(groundline_core::LockMode::blocks).unwrap_or_default();
        why = format!("{why}\n{lock} stops {blocks}");
    }
    if let Some(size) = size_words(finding) {
        why = format!("{why}\n{size}");
    }
    if let Some(unsure) = &finding.unsure {
        why = format!("{why}\nnot known: {unsure}");
    }
    let mut fault = Fault::new(format!("{} {}{observed}", finding.code, finding.message))
        .at(Place::File { path: path.to_owned(), position: Some(position) })
        .why(why.trim_start_matches('\n'));
    if let Some(instead) = finding.instead.as_ref().filter(|sql| !sql.is_empty()) {
        fault = fault.next(instead);
    }
    let shown = match finding.severity {
        Severity::Error => Shown::Error,
        Severity::Warning => Shown::Warning,
        Severity::Note => Shown::Note,
    };
    render_fault(&fault, shown, Excerpt::around(path, &placed.text, position).as_ref(), look)
}

fn summary(report: &LintReport) -> String {
    let mut parts =
        vec![format!("{} in {}", count(report.statements, "statement"), count(report.scripts, "script"))];
    let counts = [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Note, "note")];
    let found = counts.map(|(severity, word)| (report.count(severity), word));
    parts.extend(found.iter().filter(|(number, _)| *number > 0).map(|(number, word)| count(*number, word)));
    if report.findings.is_empty() {
        parts.push("nothing found".to_owned());
    }
    if !report.suppressed.is_empty() {
        parts.push(format!("{} allowed", report.suppressed.len()));
    }
    if report.hidden_notes > 0 {
        parts.push(format!("{} more: --notes", count(report.hidden_notes, "note")));
    }
    if report.schema.is_none() {
        parts.push("judged by the text alone: --on SCHEMA judges on a schema".to_owned());
    }
    parts.join("; ")
}

fn trace(statements: &[TracedStatement]) -> String {
    let mut text = String::new();
    for traced in statements {
        let took = duration(traced.microseconds.div_ceil(1_000));
        text.push_str(&format!(
            "{}:{}  {}  ({took}, {})\n",
            traced.file,
            traced.line,
            traced.statement,
            wal(traced)
        ));
        for (relation, lock) in &traced.locks {
            let mut does = Vec::new();
            if traced.rewrites.contains(relation) {
                does.push("writes all of it anew");
            } else if traced.scans.contains(relation) {
                does.push("reads all of it");
            }
            let does = if does.is_empty() { String::new() } else { format!("; {}", does.join(", ")) };
            text.push_str(&format!("    {relation}: {lock}, stops {}{does}\n", lock.blocks()));
        }
        if !traced.complete && traced.locks.is_empty() {
            text.push_str("    outside a transaction, and too short to be sampled\n");
        }
    }
    text
}

fn wal(traced: &TracedStatement) -> String {
    let rows = if traced.rows > 0 {
        format!("{}, ", count(usize::try_from(traced.rows).unwrap_or(usize::MAX), "row"))
    } else {
        String::new()
    };
    format!("{rows}{} bytes of WAL", crate::grouped(traced.wal_bytes))
}
