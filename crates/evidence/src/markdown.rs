//! Evidence as markdown, for a comment on a pull request.
//! Out: posting it.

mod comparison;

pub use comparison::comparison_markdown;

use crate::describe::{comparison, one_line};
use crate::{
    Evidence, Onboarding, Outcome, State, Step, Tone, count, data_verdict, difference_line, duration,
    grouped, verdict,
};
use groundline_core::Fault;
use groundline_migrate::outcome::{DrillReport, RevisionDrill, Verdict};
use std::borrow::Cow;

/// How much is listed: a comment has a limit of 65,536 characters.
const REVISIONS: usize = 20;
const DIFFERENCES: usize = 20;
const TABLES: usize = 30;
const FAULTS: usize = 20;
const PLACES: usize = 5;
/// Characters of a property's value, and of a part of a fault.
const VALUE: usize = 120;
const PART: usize = 600;
/// Once the comment has so many bytes, no further revision is told.
const ENOUGH: usize = 36_000;

pub(crate) fn render(evidence: &Evidence) -> String {
    let mut text = header(evidence);
    text.push_str(&checklist(evidence));
    text.push_str(&failed(evidence));
    if let Some(onboarding) = &evidence.onboarding {
        text.push_str(&onboarded(onboarding));
    }
    text.push_str(&noted(evidence));
    if let Some(drill) = &evidence.drill {
        let room = ENOUGH.saturating_sub(text.len());
        text.push_str(&drilled(drill, room));
    }
    text
}

fn header(evidence: &Evidence) -> String {
    let outcome = evidence.outcome();
    let sign = match outcome {
        Outcome::Passed => "✓",
        Outcome::Findings => "✗",
    };
    let steps = evidence.step_counts();
    let mut facts =
        vec![format!("{} passed, {} failed, {} not run", steps.passed, steps.failed, steps.not_run)];
    if let Some(server) = &evidence.server {
        facts.push(format!("PostgreSQL {} ({})", server.version, prose(&server.origin)));
        if let Some(other) = &server.other_major {
            facts.push(format!("the project wants {}: {}", other.wanted, prose(&other.reason)));
        }
    }
    if let Some(history) = &evidence.history {
        let revisions = count(history.revisions.len(), "revision");
        facts.push(format!("{revisions} in {} ({})", code(&history.folder), prose(&history.layout)));
    }
    if let Some(fingerprint) = evidence.head.as_ref().and_then(|head| head.fingerprint) {
        facts.push(format!("schema at head {}", code(&fingerprint.schema.short())));
    }
    facts.push(duration(evidence.milliseconds()));
    let name = prose(&evidence.project.name);
    let scope: String = evidence.scope.lines().iter().map(|line| format!("\n_{}_\n", prose(line))).collect();
    format!("## {sign} Groundline check of {name}: {}\n\n{}\n{scope}", outcome.word(), facts.join(" · "))
}

fn checklist(evidence: &Evidence) -> String {
    let mut text = "\n| | Step | What proved it | Time |\n|---|---|---|--:|\n".to_owned();
    let steps = evidence.checklist();
    // Steps in a row that were not run for the same reason share a line.
    let share = |one: &Cow<Step>, next: &Cow<Step>| {
        let not_run = |step: &Step| step.state == State::NotRun;
        not_run(one) && not_run(next) && one.line() == next.line() && one.id.phase() == next.id.phase()
    };
    steps.chunk_by(share).for_each(|steps| text.push_str(&row(steps)));
    text
}

fn row(steps: &[Cow<Step>]) -> String {
    let Some(step) = steps.first() else { return String::new() };
    let (sign, time) = match step.state {
        State::Passed => ("✓", duration(step.milliseconds)),
        State::Failed => ("✗", duration(step.milliseconds)),
        State::NotRun => ("–", String::new()),
    };
    let title = steps.iter().map(|step| step.id.title()).collect::<Vec<_>>().join(", ");
    let state = match step.state {
        State::Failed => format!("**{}**", step.state.word()),
        State::Passed | State::NotRun => step.state.word().to_owned(),
    };
    let line = match step.state {
        State::NotRun => format!("_{}_", prose(step.line())),
        State::Passed | State::Failed => prose(step.line()),
    };
    format!("| {sign} {state} | {title} | {line} | {time} |\n")
}

fn drilled(drill: &DrillReport, room: usize) -> String {
    let counts = crate::summary::verdict_counts(drill.revisions.iter().map(|one| one.verdict));
    let said = |(which, number): &(Verdict, usize)| {
        let info = verdict(*which);
        format!("{} {} {}", info.symbol, grouped(*number as u64), info.word)
    };
    let counts: Vec<String> = counts.iter().map(said).collect();
    let mut text = format!("\n### Drill: up, down, up\n\n{}\n", counts.join(" · "));
    if let Some(chain) = &drill.chain {
        let info = verdict(chain.verdict);
        let down = count(chain.reached, "revision");
        let stop = chain.stopped_at.as_ref().map(|version| format!(", stopped at {}", code(version)));
        let stop = stop.unwrap_or_default();
        text.push_str(&format!("\nHead to zero: {} {}, {down} down{stop}.\n", info.symbol, info.word));
        text.push_str(&differences(&chain.differences));
    }
    let is_told =
        |one: &&RevisionDrill| one.verdict != Verdict::Exact && verdict(one.verdict).tone != Tone::Neutral;
    let found = || drill.revisions.iter().filter(is_told);
    let mut told = 0;
    for one in found().take(REVISIONS) {
        let revision = revision(one);
        if text.len() + revision.len() > room {
            break;
        }
        text.push_str(&revision);
        told += 1;
    }
    text + &more(found().count() - told, "more revision")
}

fn revision(drill: &RevisionDrill) -> String {
    let info = verdict(drill.verdict);
    let label = html(&format!("{} {}", drill.version, drill.name));
    let mut text = format!("\n<details><summary>{} <b>{label}</b>: {}</summary>\n", info.symbol, info.word);
    if !drill.differences.is_empty() {
        text.push_str(&format!("\n{}:\n", comparison(drill.compared)));
        text.push_str(&differences(&drill.differences));
    }
    if let Some(error) = &drill.error {
        text.push_str(&format!("\n{}", faults(&[error])));
    }
    text + "\n</details>\n"
}

fn differences(differences: &[groundline_catalog::Difference]) -> String {
    if differences.is_empty() {
        return String::new();
    }
    let line = |one| format!("{}\n", difference_line(one, VALUE, true));
    let mut text: String = differences.iter().take(DIFFERENCES).map(line).collect();
    let more = differences.len().saturating_sub(DIFFERENCES);
    if more > 0 {
        text.push_str(&format!("and {} more: see the report\n", grouped(more as u64)));
    }
    format!("\n```diff\n{text}```\n")
}

fn onboarded(onboarding: &Onboarding) -> String {
    if onboarding.data.is_empty() {
        return String::new();
    }
    let mut text =
        "\n### Rows of the existing database\n\n| | Table | Before | After |\n|---|---|--:|--:|\n".to_owned();
    // The ones to look at first: a long list ends with tables that are the same.
    let mut tables: Vec<_> = onboarding.data.iter().collect();
    tables.sort_by_key(|table| std::cmp::Reverse(data_verdict(table.verdict).tone));
    for table in tables.iter().take(TABLES) {
        let info = data_verdict(table.verdict);
        let after = table.rows_after.map_or_else(|| "gone".to_owned(), grouped);
        let (name, before) = (code(&table.table), grouped(table.rows_before));
        text.push_str(&format!("| {} {} | {name} | {before} | {after} |\n", info.symbol, info.word));
    }
    text + &more(tables.len().saturating_sub(TABLES), "more table")
}

fn failed(evidence: &Evidence) -> String {
    let failed = evidence.steps.iter().filter(|step| step.state == State::Failed);
    let faults = grouped_faults(failed.flat_map(|step| &step.faults));
    match faults.is_empty() {
        true => String::new(),
        false => format!("\n### What failed\n\n{}", list(&faults)),
    }
}

fn noted(evidence: &Evidence) -> String {
    let notes = evidence.history.iter().flat_map(|history| &history.notes);
    let notes = grouped_faults(notes.chain(evidence.steps.iter().flat_map(|step| &step.notes)));
    match notes.len() {
        0 => String::new(),
        number => {
            let title = count(number, "note");
            format!("\n<details><summary>{title}</summary>\n\n{}\n</details>\n", list(&notes))
        }
    }
}

/// Faults that say the same of several places, together with those places; each is told once.
fn grouped_faults<'a>(faults: impl Iterator<Item = &'a Fault>) -> Vec<Vec<&'a Fault>> {
    let mut groups: Vec<Vec<&Fault>> = Vec::new();
    for fault in faults {
        let is_same = |group: &&mut Vec<&Fault>| {
            let first = group[0];
            (&first.what, &first.why, &first.next, &first.sqlstate)
                == (&fault.what, &fault.why, &fault.next, &fault.sqlstate)
        };
        match groups.iter_mut().find(is_same) {
            Some(group) if group.contains(&fault) => {}
            Some(group) => group.push(fault),
            None => groups.push(vec![fault]),
        }
    }
    groups
}

fn list(groups: &[Vec<&Fault>]) -> String {
    let told: String = groups.iter().take(FAULTS).map(|group| faults(group)).collect();
    told + &more(groups.len().saturating_sub(FAULTS), "more fault")
}

fn more(number: usize, what: &str) -> String {
    match number {
        0 => String::new(),
        _ => format!("\nand {}: see the report\n", count(number, what)),
    }
}

/// Faults that differ in their places only.
fn faults(group: &[&Fault]) -> String {
    let Some(first) = group.first() else { return String::new() };
    let mut text = format!("- **{}**", prose(&cut(&first.what)));
    let places: Vec<String> =
        group.iter().filter_map(|fault| fault.place.as_ref()).map(|place| code(&place.to_string())).collect();
    if let [place] = &places[..] {
        text.push_str(&format!(" at {place}"));
    }
    if let Some(code) = &first.sqlstate {
        text.push_str(&format!(" (SQLSTATE {})", prose(code)));
    }
    for (name, part) in [("why", &first.why), ("next", &first.next)] {
        if let Some(part) = part {
            text.push_str(&format!("\n  - {name}: {}", prose(&cut(part))));
        }
    }
    if places.len() > 1 {
        let shown = places.iter().take(PLACES).map(|place| format!("\n  - at {place}")).collect::<String>();
        text.push_str(&shown);
        if places.len() > PLACES {
            text.push_str(&format!("\n  - and {} more places", places.len() - PLACES));
        }
    }
    text + "\n"
}

/// A part of a fault, with a sign where it goes on.
fn cut(text: &str) -> String {
    match text.char_indices().nth(PART) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

/// Text that markdown and HTML leave as it is, on one line, and that mentions nobody.
pub(crate) fn prose(text: &str) -> String {
    let mut out = String::new();
    for c in one_line(text).chars() {
        match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '#' => out.extend(['\\', c]),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '@' => out.push_str("&#64;"),
            _ => out.push(c),
        }
    }
    out
}

/// A code span that the text can't end. In a table, `|` must be escaped even there.
pub(crate) fn code(text: &str) -> String {
    let text = one_line(text).replace('|', "\\|");
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let blank = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{blank}{text}{blank}{fence}")
}

pub(crate) fn html(text: &str) -> String {
    one_line(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('@', "&#64;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_do_not_become_markup() {
        assert_eq!(prose("a|b <script> @all _x_"), r"a\|b &lt;script&gt; &#64;all \_x\_");
        assert_eq!(code("a`b"), "``a`b``");
        assert_eq!(code("`"), "`` ` ``");
        assert_eq!(html("<b>"), "&lt;b&gt;");
    }
}
