//! Findings as GitLab's code quality report.
//! Out: other forms. Called by the report.

use super::{LintReport, sentence};
use groundline_lint::Severity;
use serde_json::{Value, json};

pub(super) fn code_quality(report: &LintReport) -> Value {
    let entries = report.findings.iter().map(|placed| {
        let severity = match placed.finding.severity {
            Severity::Error => "critical",
            Severity::Warning => "major",
            Severity::Note => "info",
        };
        json!({
            "type": "issue",
            "check_name": format!("{} {}", placed.finding.code, placed.finding.rule),
            "description": sentence(&placed.finding),
            "severity": severity,
            "fingerprint": placed.fingerprint,
            "location": { "path": placed.path(), "lines": { "begin": placed.line, "end": placed.end_line } },
        })
    });
    Value::Array(entries.collect())
}
