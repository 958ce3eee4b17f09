//! The drill on a terminal: a map of all revisions, counts, then each revision that is not exact.

use super::differences::differences;
use super::layout::indented;
use super::{Look, Severity, paint, quiet, render_fault, tone_style};
use crate::describe::{comparison, one_line};
use crate::summary::verdict_counts;
use crate::{Excerpt, Tone, count, grouped, verdict};
use anstyle::Style;
use groundline_core::Fault;
use groundline_migrate::outcome::{ChainDrill, DrillReport, RevisionDrill, Verdict};

/// How many revisions are shown with their differences, and how many versions one line lists.
const REVISIONS: usize = 12;
const VERSIONS: usize = 12;
/// Signs in a row of the map, and in a group.
const ROW: usize = 60;
const GROUP: usize = 10;

/// A drill in lines, with ANSI styles. `rest` says where to find what is left out (`see the report`).
pub fn render_drill(drill: &DrillReport, excerpts: &[Excerpt], rest: &str, look: Look) -> String {
    let mut text = map(&drill.revisions, look);
    text.push_str(&counts(drill, look));
    let found = || drill.revisions.iter().filter(|revision| has_findings(revision));
    for revision in found().take(REVISIONS) {
        text.push('\n');
        text.push_str(&finding(revision, excerpts, rest, look));
    }
    if let Some(more) = found().count().checked_sub(REVISIONS).filter(|more| *more > 0) {
        let line = format!("and {}: {rest}", count(more, "more revision"));
        text.push_str(&format!("\n{}\n", paint(&line, quiet())));
    }
    if let Some(chain) = &drill.chain {
        let is_told = found().take(REVISIONS).any(|revision| revision.error == chain.error);
        let error = chain.error.as_ref().filter(|_| !is_told);
        text.push_str(&chain_findings(chain, error, excerpts, rest, look));
    }
    text
}

/// The faults that the lists of [`render_drill`] show.
pub(super) fn shown_faults(drill: &DrillReport) -> impl Iterator<Item = &Fault> {
    let found = drill.revisions.iter().filter(|revision| has_findings(revision)).take(REVISIONS);
    let revisions = found.filter_map(|revision| revision.error.as_ref());
    revisions.chain(drill.chain.iter().filter_map(|chain| chain.error.as_ref()))
}

/// Whether there is more to say than its verdict.
fn has_findings(revision: &RevisionDrill) -> bool {
    let is_silent = matches!(revision.verdict, Verdict::NoDown | Verdict::DeclaredIrreversible);
    revision.verdict != Verdict::Exact && !is_silent
}

fn map(revisions: &[RevisionDrill], look: Look) -> String {
    let mut text = String::new();
    for (row, revisions) in revisions.chunks(ROW).enumerate() {
        text.push_str(&paint(&format!("  {:>5}  ", row * ROW + 1), quiet()));
        for (at, revision) in revisions.iter().enumerate() {
            let info = verdict(revision.verdict);
            if at > 0 && at % GROUP == 0 {
                text.push(' ');
            }
            text.push_str(&paint(look.pick(info.symbol, info.ascii), tone_style(info.tone)));
        }
        text.push('\n');
    }
    text
}

fn counts(drill: &DrillReport, look: Look) -> String {
    let mut text = String::new();
    for (which, number) in verdict_counts(drill.revisions.iter().map(|revision| revision.verdict)) {
        let info = verdict(which);
        let sign = paint(look.pick(info.symbol, info.ascii), tone_style(info.tone));
        let versions = match info.tone {
            Tone::Neutral => format!("  {}", versions(&drill.revisions, which)),
            Tone::Good | Tone::Notice | Tone::Bad => String::new(),
        };
        let number = grouped(number as u64);
        text.push_str(&format!("  {number:>5}  {sign} {}{}\n", info.word, paint(&versions, quiet())));
    }
    if let Some(chain) = &drill.chain {
        let info = verdict(chain.verdict);
        let sign = paint(look.pick(info.symbol, info.ascii), tone_style(info.tone));
        let down = count(chain.reached, "revision");
        let stop = chain.stopped_at.as_ref().map(|version| format!(", stopped at {}", one_line(version)));
        text.push_str(&format!("  chain  {sign} {}: {down} down from head{}\n", info.word, {
            stop.unwrap_or_default()
        }));
    }
    text
}

fn versions(revisions: &[RevisionDrill], wanted: Verdict) -> String {
    let of = || revisions.iter().filter(|revision| revision.verdict == wanted);
    let mut versions: Vec<String> = of().take(VERSIONS).map(|revision| one_line(&revision.version)).collect();
    if let Some(more) = of().count().checked_sub(VERSIONS).filter(|more| *more > 0) {
        versions.push(format!("and {more} more"));
    }
    versions.join(", ")
}

fn finding(revision: &RevisionDrill, excerpts: &[Excerpt], rest: &str, look: Look) -> String {
    let info = verdict(revision.verdict);
    let label = format!("{} {}", one_line(&revision.version), one_line(&revision.name));
    let sign = look.pick(info.symbol, info.ascii);
    let style = tone_style(info.tone).bold();
    let mut text =
        format!("{} {}: {}\n", paint(sign, style), paint(label.trim(), Style::new().bold()), info.word);
    if !revision.differences.is_empty() {
        text.push_str(&indented(comparison(revision.compared), 4, look.columns(), quiet()));
    }
    text.push_str(&differences(&revision.differences, rest, look));
    if let Some(error) = &revision.error {
        text.push_str(&render_fault(error, Severity::Error, Excerpt::find(excerpts, error), look));
    }
    text
}

fn chain_findings(
    chain: &ChainDrill,
    error: Option<&Fault>,
    excerpts: &[Excerpt],
    rest: &str,
    look: Look,
) -> String {
    let mut text = String::new();
    if !chain.differences.is_empty() {
        let head = "head to zero: what is left, against the database before the first revision";
        text.push_str(&format!("\n{}\n", paint(head, Style::new().bold())));
        text.push_str(&differences(&chain.differences, rest, look));
    }
    if let Some(error) = error {
        text.push('\n');
        text.push_str(&render_fault(error, Severity::Error, Excerpt::find(excerpts, error), look));
    }
    text
}
