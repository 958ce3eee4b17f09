//! A look for drift on a terminal: whole, or as one line of a watch.

use super::comparison::{legend, render_differences, sides};
use super::layout::indented;
use super::{Look, paint, tone_style};
use crate::describe::{count, difference_line, one_line};
use crate::{Compared, DriftReport, DriftState, Tone};
use anstyle::Style;

/// What the two sides are called.
const TITLES: [&str; 2] = ["expected", "actual"];
/// Versions that a line lists, differences that a watch's line lists, and characters of their values.
const VERSIONS: usize = 8;
const LISTED: usize = 4;
const VALUE: usize = 30;

/// A look in lines, with ANSI styles; with `all`, nothing is folded or cut.
pub fn render_drift(report: &DriftReport, compared: Option<&Compared>, all: bool, look: Look) -> String {
    let mut text = String::new();
    if let Some(compared) = compared {
        let data = compared.data();
        text.push_str(&sides([&data.before, &data.after], TITLES, look));
    }
    let lists = [
        (&report.pending, "pending: ", " (no drift)", Style::new()),
        (&report.skipped, "not recorded although later ones are: ", "", tone_style(Tone::Notice)),
        (&report.failed, "failed half-way, as the history table says: ", "", tone_style(Tone::Bad)),
    ];
    for (versions, before, after, style) in lists {
        if !versions.is_empty() {
            let line = format!("{before}{}{after}", listed(versions));
            text.push_str(&indented(&line, 0, look.columns(), style));
        }
    }
    if let Some(compared) = compared.filter(|compared| !compared.data().equal) {
        text.push_str(&format!("\n{}", render_differences(compared, all, look)));
    }
    text.push_str(&format!(
        "\n{}",
        indented(&verdict(report, compared, look), 0, look.columns(), Style::new())
    ));
    if compared.is_some_and(|compared| !compared.data().equal) {
        text.push_str(&format!("{}\n", legend(TITLES)));
    }
    text
}

/// The line of a watch, without its time.
pub fn drift_line(report: &DriftReport, look: Look) -> String {
    let style = tone_style(report.state.tone());
    let state = paint(report.state.word(), style);
    let at = report.expected.as_ref().map_or_else(String::new, |one| one_line(&one.name));
    let key = report.comparison.as_ref().map(|comparison| &comparison.after.key);
    let fingerprint = key.map(|key| format!(", fingerprint {}", key.fingerprint.schema.short()));
    let said = match report.state {
        DriftState::None => format!("at {at}{}", fingerprint.unwrap_or_default()),
        DriftState::Drift => format!("from {at}: {}", differences(report, look)),
        DriftState::Dirty => format!("failed half-way: {}", listed(&report.failed)),
        DriftState::Unknown => String::new(),
    };
    let pending = match report.pending.len() {
        0 => String::new(),
        number => format!("; {} pending", count(number, "revision")),
    };
    format!("{state}  {said}{pending}")
}

fn verdict(report: &DriftReport, compared: Option<&Compared>, look: Look) -> String {
    let sign = match report.state {
        DriftState::None => look.pick("✓", "+"),
        DriftState::Drift | DriftState::Dirty | DriftState::Unknown => look.pick("✗", "x"),
    };
    let said = match (compared, report.state) {
        (Some(compared), DriftState::None) => {
            let key = &compared.data().after.key;
            format!("{}, fingerprint {}", count(key.objects, "object"), key.fingerprint.schema.short())
        }
        (Some(compared), _) => compared.summary(),
        (None, _) => "what to expect is not known".to_owned(),
    };
    format!("{sign} {}: {said}", report.state.word())
}

fn differences(report: &DriftReport, look: Look) -> String {
    let all = report.comparison.as_ref().map_or(&[][..], |comparison| &comparison.differences);
    let mut said: Vec<String> =
        all.iter().take(LISTED).map(|one| difference_line(one, VALUE, look.unicode)).collect();
    if all.len() > LISTED {
        said.push(format!("and {} more", all.len() - LISTED));
    }
    said.join(", ")
}

fn listed(versions: &[String]) -> String {
    let mut said: Vec<String> = versions.iter().take(VERSIONS).map(|version| one_line(version)).collect();
    if versions.len() > VERSIONS {
        said.push(format!("and {} more", versions.len() - VERSIONS));
    }
    said.join(", ")
}
