//! Findings as JUnit's XML: one test a rule and script, which fails.
//! Out: other forms. Called by the report.

use super::{LintReport, sentence};
use groundline_lint::Severity;
use std::fmt::Write as _;

pub(super) fn junit(report: &LintReport) -> String {
    let failures = report.findings.iter().filter(|placed| placed.finding.severity != Severity::Note);
    let number = failures.clone().count();
    let tests = number.max(report.scripts);
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    // Writing to a string does not fail.
    let _ = writeln!(text, "<testsuite name=\"groundline lint\" tests=\"{tests}\" failures=\"{number}\">");
    for placed in failures {
        let name = escaped(&format!("{} {} line {}", placed.finding.code, placed.finding.rule, placed.line));
        let file = escaped(&placed.file);
        let message = escaped(&sentence(&placed.finding));
        let _ = writeln!(text, "  <testcase classname=\"{file}\" name=\"{name}\">");
        let _ = writeln!(
            text,
            "    <failure message=\"{message}\">{file}:{}:{}</failure>",
            placed.line, placed.column
        );
        text.push_str("  </testcase>\n");
    }
    for clean in number..tests {
        let _ = writeln!(text, "  <testcase classname=\"groundline lint\" name=\"script {}\"/>", clean + 1);
    }
    text.push_str("</testsuite>\n");
    text
}

fn escaped(text: &str) -> String {
    let plain: String = text.chars().filter(|at| !at.is_control() || *at == '\n').collect();
    plain
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\n', "&#10;")
}
