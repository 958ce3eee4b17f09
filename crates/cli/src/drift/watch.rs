//! `drift --watch`: a look every so many seconds, and a line whenever something changed.
//! Out: a look itself (`look`).
//! Called by `drift`.

use super::exit;
use super::kept::Look;
use super::look::{Looker, Seen};
use crate::args::{DriftArgs, Format};
use crate::settings::Project;
use crate::signals::Signals;
use crate::{Exit, console};
use groundline_core::{Fault, Result};
use groundline_evidence::{DriftReport, DriftState, drift_line};
use jiff::Timestamp;
use serde::Serialize;
use std::time::Duration;

/// The first pause after a connection was lost, and the longest.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// A line of `--format json`.
#[derive(Serialize)]
struct Event<'a> {
    time: &'a str,
    #[serde(flatten)]
    report: &'a DriftReport,
    #[serde(skip_serializing_if = "Option::is_none")]
    fault: Option<&'a Fault>,
}

/// Looks until a signal ends it; ends with the last state's exit status.
pub async fn watch(
    mut looker: Looker<'_>,
    project: &Project,
    args: &DriftArgs,
    every: Duration,
) -> Result<Exit> {
    let mut signals = Signals::watch()?;
    let mut last: Option<(String, Exit)> = None;
    let mut pause = FIRST_PAUSE;
    loop {
        let looked = tokio::select! {
            looked = looker.look() => looked,
            _ = signals.next() => break,
        };
        let (state, exit) = key(&looked)?;
        if last.as_ref().is_none_or(|(known, _)| *known != state) {
            console::data(&line(&looked, args.format)?);
            if args.keep {
                Look::new(&args.url, &looked).keep(project)?;
            }
        }
        last = Some((state, exit));
        let wait = match looker.is_connected() {
            true => {
                pause = FIRST_PAUSE;
                every
            }
            false => {
                let now = pause;
                pause = LONGEST_PAUSE.min(pause * 2);
                now
            }
        };
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            _ = signals.next() => break,
        }
    }
    Ok(last.map_or(Exit::CouldNot, |(_, exit)| exit))
}

/// What has to change for a new line, and the exit status.
fn key(looked: &Result<Seen>) -> Result<(String, Exit)> {
    match looked {
        Ok(seen) => Ok((groundline_evidence::json_text(&seen.report)?, exit(seen.report.state))),
        Err(fault) => Ok((format!("{}\n{:?}", fault.what, fault.why), Exit::CouldNot)),
    }
}

fn line(looked: &Result<Seen>, format: Format) -> Result<String> {
    let time = Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let unknown = DriftReport::new(DriftState::Unknown);
    let (report, fault) = match looked {
        Ok(seen) => (&seen.report, None),
        Err(fault) => (&unknown, Some(fault)),
    };
    if format == Format::Json {
        let line = serde_json::to_string(&Event { time: &time, report, fault });
        let unwritable =
            |error: serde_json::Error| Fault::new("could not be written as JSON").why(error.to_string());
        return line.map(|line| line + "\n").map_err(unwritable);
    }
    let line = drift_line(report, console::look());
    Ok(match fault {
        None => format!("{time}  {line}\n"),
        Some(fault) => {
            let why =
                fault.why.as_ref().map(|why| format!(": {}", why.replace('\n', "; "))).unwrap_or_default();
            format!("{time}  {line}{}{why}\n", fault.what)
        }
    })
}
