//! Evidence as markdown, for a comment on a pull request.
//! Out: posting it.

use crate::describe::{comparison, one_line};
use crate::{
    Evidence, Onboarding, Outcome, State, Step, Tone, count, data_verdict, difference_line, duration,
    grouped, verdict,
};
use groundline_core::Fault;
use groundline_migrate::outcome::{DrillReport, RevisionDrill, Verdict};

/// How many revisions and how many differences of each are listed: a comment has a limit of 65,536 characters.
const REVISIONS: usize = 20;
const DIFFERENCES: usize = 20;
/// Characters of a property's value.
const VALUE: usize = 120;

pub(crate) fn render(evidence: &Evidence) -> String {
    let mut text = header(evidence);
    text.push_str(&checklist(evidence));
    if let Some(drill) = &evidence.drill {
        text.push_str(&drilled(drill));
    }
    if let Some(onboarding) = &evidence.onboarding {
        text.push_str(&onboarded(onboarding));
    }
    text.push_str(&faults(evidence));
    text
}

fn header(evidence: &Evidence) -> String {
    let outcome = evidence.outcome();
    let sign = match outcome {
        Outcome::Passed => "✅",
        Outcome::Findings => "❌",
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
    facts.push(duration(evidence.milliseconds()));
    let name = prose(&evidence.project.name);
    format!("## {sign} Groundline check of {name}: {}\n\n{}\n", outcome.word(), facts.join(" · "))
}

fn checklist(evidence: &Evidence) -> String {
    let mut text = "\n| | Step | What proved it | Time |\n|---|---|---|--:|\n".to_owned();
    for step in evidence.checklist() {
        text.push_str(&row(&step));
    }
    text
}

fn row(step: &Step) -> String {
    let (sign, time) = match step.state {
        State::Passed => ("✅", duration(step.milliseconds)),
        State::Failed => ("❌", duration(step.milliseconds)),
        State::NotRun => ("➖", String::new()),
    };
    let (state, title) = (step.state.word(), step.id.title());
    let line = match step.state {
        State::NotRun => format!("_{}_", prose(step.line())),
        State::Passed | State::Failed => prose(step.line()),
    };
    format!("| {sign} {state} | {title} | {line} | {time} |\n")
}

fn drilled(drill: &DrillReport) -> String {
    let mut text = "\n### Drill: up, down, up\n\n| Verdict | Revisions |\n|---|--:|\n".to_owned();
    for (which, number) in crate::summary::verdict_counts(drill.revisions.iter().map(|one| one.verdict)) {
        let info = verdict(which);
        text.push_str(&format!("| {} {} | {} |\n", info.symbol, info.word, grouped(number as u64)));
    }
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
    found().take(REVISIONS).for_each(|one| text.push_str(&revision(one)));
    let more = found().count().saturating_sub(REVISIONS);
    if more > 0 {
        text.push_str(&format!("\nand {}: see the report\n", count(more, "more revision")));
    }
    text
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
        text.push_str(&format!("\n{}", fault(error)));
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
    for table in &onboarding.data {
        let info = data_verdict(table.verdict);
        let after = table.rows_after.map_or_else(|| "gone".to_owned(), grouped);
        let (name, before) = (code(&table.table), grouped(table.rows_before));
        text.push_str(&format!("| {} {} | {name} | {before} | {after} |\n", info.symbol, info.word));
    }
    text
}

fn faults(evidence: &Evidence) -> String {
    let failed = evidence.steps.iter().filter(|step| step.state == State::Failed);
    let found: Vec<String> = failed.flat_map(|step| &step.faults).map(fault).collect();
    let notes = evidence.history.iter().flat_map(|history| &history.notes);
    let noted: Vec<String> =
        notes.chain(evidence.steps.iter().flat_map(|step| &step.notes)).map(fault).collect();
    let section = |title, lines: Vec<String>| match lines.is_empty() {
        true => String::new(),
        false => format!("\n### {title}\n\n{}", lines.concat()),
    };
    section("What failed", found) + &section("Worth knowing", noted)
}

fn fault(fault: &Fault) -> String {
    let mut text = format!("- **{}**", prose(&fault.what));
    if let Some(place) = &fault.place {
        text.push_str(&format!(" at {}", code(&place.to_string())));
    }
    if let Some(code) = &fault.sqlstate {
        text.push_str(&format!(" (SQLSTATE {})", prose(code)));
    }
    for (name, part) in [("why", &fault.why), ("next", &fault.next)] {
        if let Some(part) = part {
            text.push_str(&format!("\n  - {name}: {}", prose(part)));
        }
    }
    text + "\n"
}

/// Text that markdown and HTML leave as it is, on one line, and that mentions nobody.
fn prose(text: &str) -> String {
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
fn code(text: &str) -> String {
    let text = one_line(text).replace('|', "\\|");
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let blank = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{blank}{text}{blank}{fence}")
}

fn html(text: &str) -> String {
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
