//! The commands `lint`, `trace`, `rule` and `debt`: scripts or revisions judged, by their text on a schema, and by what a server
//! does.
//! Out: judging (`lint`), tracing (`pg::trace`), drawing (`evidence`).

pub mod alembic;
pub mod args;
mod debt;
mod fix;
mod revisions;
mod rule;
mod scripts;
pub mod select;
mod stats;

pub use revisions::judge_up;

pub use debt::run as debt;
pub use rule::run as rule;
pub use stats::run as stats;

use crate::settings::Project;
use crate::{Exit, console};
use args::{LintArgs, LintCommand};
use groundline_core::{Fault, LineIndex, LockMode, Major, Result};
use groundline_evidence::{LintReport, TracedStatement, render_lint};
use groundline_lint::{Finding, Policies, Seen, Settings, Verdict};
use groundline_migrate::history::{Down, Revision};
use groundline_pg::client::{self, Client};
use groundline_pg::rows;
use groundline_pg::trace::{Trace, Traced};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;
use std::collections::BTreeMap;

/// Whose text is judged where nothing says which major: what is safe on the oldest is safe on all.
const OLDEST: &str = "14";

/// Runs `lint`.
pub async fn lint(args: LintCommand) -> Result<Exit> {
    match args.fix {
        true => fix::run(&args.lint, args.dry_run).await,
        false => run(args.lint, false).await,
    }
}

/// Runs `trace`.
pub async fn trace(args: LintArgs) -> Result<Exit> {
    run(args, true).await
}

async fn run(args: LintArgs, traces: bool) -> Result<Exit> {
    let project = Project::open(&args.project.args())?;
    let report = match args.files.is_empty() {
        true => Box::pin(revisions::judged(&project, &args, traces)).await?,
        false => Box::pin(scripts::judged(&project, &args, traces)).await?,
    };
    show(&args, &report)
}

/// Shows a report, and says whether it is clean.
fn show(args: &LintArgs, report: &LintReport) -> Result<Exit> {
    match args.format.form() {
        Some(form) => console::data(&report.form(form)?),
        None => console::data(&render_lint(report, console::look())),
    }
    Ok(if report.is_clean() { Exit::Done } else { Exit::Findings })
}

/// How to judge for a major, by what a team asks for.
pub fn settings(policies: &Policies, major: Major, wrapped: bool) -> Settings<'_> {
    Settings { major, wrapped, today: today(), policies, has_down: None }
}

/// Whether a revision has a down, or says why there is none; nothing for one that runs again whenever its text changes.
pub fn has_down(revision: &Revision) -> Option<bool> {
    (!revision.repeatable).then_some(!matches!(revision.down, Down::None))
}

/// The day, in UTC.
fn today() -> Date {
    Offset::UTC.to_datetime(Timestamp::now()).date()
}

/// A finding for reports that are not the lint's own; its place is the caller's.
pub fn fault(finding: &Finding) -> Fault {
    let mut why = finding.why.clone();
    if let (Some(lock), Some(relation)) = (finding.lock, &finding.relation) {
        why = format!("{why}\n{lock} on {relation} stops {}", lock.blocks());
    }
    let observed = if finding.observed { " (observed)" } else { "" };
    let fault = Fault::new(format!("{} {}{observed}", finding.code, finding.message)).why(why);
    match finding.instead.as_ref().filter(|sql| !sql.is_empty()) {
        Some(instead) => fault.next(instead),
        None => fault.next(format!("groundline rule {} says what to do instead", finding.code)),
    }
}

/// The major of a lint without a server.
fn major(args: &LintArgs, project: &Project) -> Result<Major> {
    let wanted = args.server.major.or(project.production_major()?);
    wanted.map_or_else(|| OLDEST.parse().map_err(Fault::new), Ok)
}

/// A session on the database that is asked for rows, if one is.
async fn asked(args: &LintArgs) -> Result<Option<Client>> {
    match &args.data {
        Some(url) => client::connect(url).await.map(Some),
        None => Ok(None),
    }
}

/// Adds rows that are in the way of a script.
async fn ask_rows(client: Option<&Client>, verdict: &mut Verdict) -> Result<()> {
    let Some(client) = client else { return Ok(()) };
    let (found, unasked) = rows::in_the_way(client, &verdict.prechecks).await?;
    unasked.iter().for_each(console::note);
    verdict.findings.extend(found);
    verdict.findings.sort_by_key(|finding| finding.span.start);
    Ok(())
}

/// Puts what a server did beside what was found, and gives what it did. The script begins at `start` of the file's text.
pub fn observe(
    file: &str,
    (text, start): (&str, usize),
    verdict: &mut Verdict,
    trace: &Trace,
) -> Vec<TracedStatement> {
    let mut seen: Vec<Option<Seen<'_>>> = Vec::new();
    for traced in &trace.statements {
        seen.push(traced.as_ref().map(|traced| Seen {
            effects: &traced.effects,
            held: &traced.held,
            complete: traced.seen,
        }));
    }
    verdict.observe(&seen);
    let index = LineIndex::new(text);
    let both = verdict.statements.iter().zip(&trace.statements);
    let did = both.filter_map(|(judged, traced)| {
        let span = judged.span.shifted(start);
        Some(told(file, index.position(span.start).line, &text[span.range()], traced.as_ref()?))
    });
    did.collect()
}

fn told(file: &str, line: usize, statement: &str, traced: &Traced) -> TracedStatement {
    let names = |set: &std::collections::BTreeSet<_>| {
        set.iter().map(|name: &groundline_sql::operation::Name| name.to_string()).collect()
    };
    let mut locks: BTreeMap<String, LockMode> =
        traced.effects.locks.iter().map(|(name, mode)| (name.to_string(), *mode)).collect();
    // A lock that an earlier statement took is not taken again, but what is done under it counts.
    for name in traced.effects.rewrites.iter().chain(&traced.effects.scans) {
        if let Some(mode) = traced.held.lock_on(name) {
            locks.entry(name.to_string()).or_insert(mode);
        }
    }
    let words: String = statement.split_whitespace().collect::<Vec<_>>().join(" ");
    let short = match words.char_indices().nth(72) {
        Some((end, _)) => format!("{}…", &words[..end]),
        None => words,
    };
    TracedStatement {
        file: file.to_owned(),
        line,
        statement: groundline_core::scrub(&short),
        locks,
        rewrites: names(&traced.effects.rewrites),
        scans: names(&traced.effects.scans),
        wal_bytes: traced.wal_bytes,
        rows: traced.rows,
        microseconds: traced.microseconds,
        complete: traced.seen,
    }
}
