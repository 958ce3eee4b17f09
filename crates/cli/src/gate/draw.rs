//! The gate for people and for programs of others.
//! Out: its state (`gate`).

use crate::console;
use groundline_gate::{Gate, Verdict};
use std::fmt::Write as _;

/// How many items are in which state.
pub fn line(gate: &Gate) -> String {
    format!("gate: {}", gate.line())
}

/// For a terminal.
pub fn text(gate: &Gate) -> String {
    let width = gate.items.iter().map(|item| item.id.len()).max().unwrap_or(0);
    let mut text = format!("groundline gate  {} ({})\n", gate.project, gate.profile);
    // Writing to a string does not fail.
    for (phase, items) in gate.phases() {
        let _ = writeln!(text, "\n{}", phase.title());
        for item in items {
            let critical = if item.critical { "*" } else { " " };
            let _ = writeln!(
                text,
                "  {} {:<7}{critical} {:<width$}  {}",
                item.verdict.mark(console::look().unicode),
                item.verdict.word(),
                item.id,
                item.line
            );
        }
    }
    gate.notes.iter().for_each(|note| {
        let _ = writeln!(text, "\nnote: {note}");
    });
    let _ = writeln!(text, "\n{}  (* critical path)", line(gate));
    if let Some(next) = gate.next() {
        let _ = writeln!(text, "next: {}: {} ({})", next.id, next.text, next.line);
    }
    text
}

/// For a comment on a pull request.
pub fn markdown(gate: &Gate) -> String {
    let mut text =
        format!("### {}\n\n| | item | what is required | what says so |\n|---|---|---|---|\n", line(gate));
    for item in &gate.items {
        let id = if item.critical { format!("**{}**", item.id) } else { item.id.clone() };
        let said = item.line.replace('|', "\\|").replace('\n', " ");
        let _ = writeln!(text, "| {} | {id} | {} | {said} |", item.verdict.word(), item.text);
    }
    text
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// For a CI that reads test reports.
pub fn junit(gate: &Gate) -> String {
    let open = gate.items.iter().filter(|item| !item.verdict.is_done()).count();
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n<testsuite name=\"groundline gate\" tests=\"{}\" failures=\"{open}\">\n",
        gate.items.len()
    );
    for item in &gate.items {
        let name =
            format!("<testcase classname=\"{}\" name=\"{}\"", escaped(item.phase.title()), escaped(&item.id));
        let _ = match item.verdict {
            Verdict::Passed => writeln!(text, "{name}/>"),
            Verdict::Waived => {
                writeln!(text, "{name}><skipped message=\"{}\"/></testcase>", escaped(&item.line))
            }
            verdict => {
                let message = escaped(&format!("{}: {}", verdict.word(), item.line));
                writeln!(
                    text,
                    "{name}><failure message=\"{message}\">{}</failure></testcase>",
                    escaped(&item.text)
                )
            }
        };
    }
    text + "</testsuite>\n</testsuites>\n"
}

/// Annotations of GitHub's: a line of data each.
pub fn github(gate: &Gate) -> String {
    let data = |text: &str| text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    let mut text = String::new();
    for item in gate.items.iter().filter(|item| !item.verdict.is_done()) {
        let level = if item.critical { "error" } else { "warning" };
        let _ = writeln!(
            text,
            "::{level} title=gate {}::{}: {} ({})",
            item.id,
            item.verdict.word(),
            data(&item.text),
            data(&item.line)
        );
    }
    text
}
