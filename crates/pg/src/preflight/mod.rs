//! The preflight: what is looked at on a server before the first lock is taken, and what speaks against a run.
//! Out: the checks themselves (`checks`), and what a person decides. It only reads.
//! Called by the commands `plan`, `upgrade` and `downgrade`.

mod checks;

use crate::client::OrFault as _;
use checks::CHECKS;
use futures_util::future::join_all;
use groundline_core::Result;
use serde::Serialize;
use tokio_postgres::{Client, SimpleQueryMessage};

/// What the checks have to know of the run.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// The extensions that its scripts create.
    pub extensions: Vec<String>,
    /// The quoted name of the history table.
    pub history_table: String,
}

/// How a check came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Nothing speaks against the run.
    Pass,
    /// A person should know.
    Warn,
    /// The run can't succeed, or must not begin.
    Block,
}

/// One check's outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Checked {
    /// Its name.
    pub check: &'static str,
    /// How it came out.
    pub verdict: Verdict,
    /// What was seen, a line each; empty where it passed.
    pub why: Vec<String>,
    /// What to do about it.
    pub next: &'static str,
}

/// Runs every check.
///
/// # Errors
/// The server's: a check that can't be asked is no check that passed.
pub async fn look(client: &Client, facts: &Facts) -> Result<Vec<Checked>> {
    let mut all = Vec::with_capacity(CHECKS.len());
    let asked = CHECKS.iter().map(|check| async move { client.simple_query(&(check.query)(facts)).await });
    for (check, answer) in CHECKS.iter().zip(join_all(asked).await) {
        let answer = answer.fault()?;
        let why: Vec<String> = answer
            .iter()
            .filter_map(|message| match message {
                SimpleQueryMessage::Row(row) => row.get(0).map(groundline_core::scrub),
                _ => None,
            })
            .collect();
        let verdict = if why.is_empty() { Verdict::Pass } else { check.verdict };
        all.push(Checked { check: check.name, verdict, why, next: check.next });
    }
    Ok(all)
}
