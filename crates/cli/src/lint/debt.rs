//! The command `debt`: what was left behind in a schema, and comments in the history that stop allowing what they allow.
//! Out: what counts as left behind (`lint::debt`).

use super::args::DebtArgs;
use crate::args::Format;
use crate::operand::{Loader, Operand};
use crate::settings::Project;
use crate::{Exit, console, drill};
use groundline_core::{LineIndex, Result};
use groundline_evidence::{count, json_text};
use groundline_lint::{Debt, debt, suppressions};
use groundline_migrate::history::History;
use jiff::civil::Date;
use serde::Serialize;
use std::fmt::Write as _;

/// Days before its end in which a suppression is told.
const SOON: i32 = 30;

/// What was found.
#[derive(Serialize)]
struct Report {
    /// 1 at the time of writing.
    debt_version: u32,
    schema: String,
    debt: Vec<Debt>,
    ending: Vec<Ending>,
}

/// A suppression that is over, or soon.
#[derive(Serialize)]
struct Ending {
    place: String,
    rules: Vec<String>,
    until: Date,
    because: Option<String>,
}

/// Runs `debt`.
pub async fn run(args: DebtArgs) -> Result<Exit> {
    let project = Project::open(&args.project.args())?;
    let operand = Operand::parse(&args.schema)?;
    let mut loader = Loader::new(&project, &args.server, project.scope(None));
    let loaded = loader.load(&operand).await;
    loader.finish().await?;
    let loaded = loaded?;
    // A schema needs no project.
    let ending =
        drill::history(&project).map_or_else(|_| Vec::new(), |history| ending(&history, super::today()));
    let report = Report { debt_version: 1, schema: loaded.name, debt: debt(&loaded.schema), ending };
    console::data(&match args.format {
        Format::Json => json_text(&report)?,
        Format::Text => text(&report),
    });
    Ok(if report.debt.is_empty() && report.ending.is_empty() { Exit::Done } else { Exit::Findings })
}

fn ending(history: &History, today: Date) -> Vec<Ending> {
    let last = today.checked_add(jiff::Span::new().days(SOON)).unwrap_or(today);
    let mut found = Vec::new();
    for revision in &history.revisions {
        let step = &revision.up;
        for suppression in suppressions(step.sql()) {
            let Some(until) = suppression.until.filter(|day| *day <= last) else { continue };
            let line = LineIndex::new(&step.text).position(step.section.start + suppression.span.start).line;
            let file = history.folder.join(&step.file).display().to_string();
            let place = format!("{file}:{line}");
            found.push(Ending { place, rules: suppression.rules, until, because: suppression.because });
        }
    }
    found
}

fn text(report: &Report) -> String {
    let mut text = String::new();
    // Writing to a string does not fail.
    for Debt { object, why, ends, .. } in &report.debt {
        let _ = writeln!(text, "{object}\n    {why}\n    {ends}");
    }
    for Ending { place, rules, until, because } in &report.ending {
        let why = because.as_deref().unwrap_or("no reason is given");
        let _ = writeln!(text, "{place}\n    allows {} until {until}: {why}", rules.join(", "));
    }
    let left = report.debt.len() + report.ending.len();
    let _ = match left {
        0 => writeln!(text, "nothing is left behind in {}", report.schema),
        _ => writeln!(text, "{} left behind in {}", count(left, "thing"), report.schema),
    };
    text
}
