//! Findings as SARIF 2.1.0, for code scanning. Source: OASIS, "Static Analysis Results Interchange Format", 2.1.0.
//! Out: other forms. Called by the report.

use super::{LintReport, sentence};
use groundline_lint::{RULES, Severity};
use serde_json::{Value, json};

pub(super) fn sarif(report: &LintReport) -> Value {
    let rules: Vec<Value> = RULES
        .iter()
        .map(|rule| {
            json!({
                "id": rule.code,
                "name": rule.name,
                "shortDescription": { "text": rule.name.replace('-', " ") },
                "fullDescription": { "text": rule.page.split("\n\n").next().unwrap_or_default().replace('\n', " ") },
                "help": { "text": rule.page, "markdown": rule.page },
                "defaultConfiguration": { "level": level(rule.severity) },
            })
        })
        .collect();
    let results: Vec<Value> = report
        .findings
        .iter()
        .map(|placed| {
            let finding = &placed.finding;
            json!({
                "ruleId": finding.code,
                "level": level(finding.severity),
                "message": { "text": sentence(finding) },
                "locations": [{
                    "physicalLocation": {
                        "artifactLocation": { "uri": uri(placed.path()) },
                        "region": { "startLine": placed.line, "startColumn": placed.column, "endLine": placed.end_line },
                    }
                }],
                "partialFingerprints": { "groundline/v1": placed.fingerprint },
            })
        })
        .collect();
    let driver = json!({
        "name": "groundline",
        "version": env!("CARGO_PKG_VERSION"),
        "rules": rules,
    });
    json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{ "tool": { "driver": driver }, "columnKind": "unicodeCodePoints", "results": results }],
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

/// A path as a relative reference.
fn uri(file: &str) -> String {
    file.replace('%', "%25").replace(' ', "%20")
}
