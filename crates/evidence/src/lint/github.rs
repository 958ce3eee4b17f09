//! Findings as workflow commands of GitHub Actions, which annotate the lines of a pull request.
//! Out: other forms. Called by the report.

use super::{LintReport, sentence};
use groundline_lint::Severity;

pub(super) fn commands(report: &LintReport) -> String {
    let mut text = String::new();
    for placed in &report.findings {
        let word = match placed.finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "notice",
        };
        let title = format!("{} {}", placed.finding.code, placed.finding.rule);
        let mut message = sentence(&placed.finding);
        if let Some(instead) = placed.finding.instead.as_ref().filter(|sql| !sql.is_empty()) {
            message.push_str(&format!("\nInstead:\n{instead}"));
        }
        text.push_str(&format!(
            "::{word} file={},line={},endLine={},col={},title={}::{}\n",
            property(placed.path()),
            placed.line,
            placed.end_line,
            placed.column,
            property(&title),
            data(&message)
        ));
    }
    text
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
