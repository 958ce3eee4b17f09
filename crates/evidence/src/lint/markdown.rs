//! Findings as markdown, for a comment on a pull request: a table, the safe way of each, the trace's locks.
//! Out: other forms. Called by the report.

use super::{LintReport, TracedStatement, lock_words, sentence};
use crate::count;
use crate::markdown::{code, html, prose};
use groundline_lint::Severity;

pub(super) fn markdown(report: &LintReport) -> String {
    let (errors, warnings) = (report.count(Severity::Error), report.count(Severity::Warning));
    let statements = count(report.statements, "statement");
    let mut text = match errors + warnings {
        0 => format!("### ✓ nothing unsafe in {statements}\n"),
        _ => format!("### ✗ {}, {} in {statements}\n", count(errors, "error"), count(warnings, "warning")),
    };
    if !report.findings.is_empty() {
        text.push_str("\n| | Where | Rule | What | Lock |\n|---|---|---|---|---|\n");
    }
    for placed in &report.findings {
        let mark = match placed.finding.severity {
            Severity::Error => "❌",
            Severity::Warning => "⚠️",
            Severity::Note => "ℹ️",
        };
        let lock = lock_words(&placed.finding).unwrap_or_default();
        let at = format!("{}:{}", placed.file, placed.line);
        let observed = if placed.finding.observed { " _(observed)_" } else { "" };
        let rule = format!("{} {}", placed.finding.code, placed.finding.rule);
        text.push_str(&format!(
            "| {mark} | {} | {} | {}{observed} | {} |\n",
            code(&at),
            prose(&rule),
            prose(&sentence(&placed.finding)),
            prose(&lock)
        ));
    }
    for placed in &report.findings {
        let Some(instead) = placed.finding.instead.as_ref().filter(|sql| !sql.is_empty()) else { continue };
        let title = format!("{} {}:{}", placed.finding.code, placed.file, placed.line);
        text.push_str(&format!(
            "\n<details><summary>Instead of {}</summary>\n\n```sql\n{}\n```\n</details>\n",
            // Markdown is not read in there.
            html(&title),
            instead.replace("```", "` ` `")
        ));
    }
    if !report.trace.is_empty() {
        text.push_str(&matrix(&report.trace));
    }
    text
}

/// Each statement with the locks that a server was seen taking.
fn matrix(trace: &[TracedStatement]) -> String {
    let mut text = String::from("\n| Statement | Relation | Lock | Stops | |\n|---|---|---|---|---|\n");
    for traced in trace {
        for (relation, lock) in &traced.locks {
            let does = match () {
                () if traced.rewrites.contains(relation) => "written anew",
                () if traced.scans.contains(relation) => "read in full",
                () => "",
            };
            text.push_str(&format!(
                "| {} | {} | {lock} | {} | {does} |\n",
                code(&traced.statement),
                code(relation),
                lock.blocks()
            ));
        }
    }
    text
}
