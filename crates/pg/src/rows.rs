//! Questions to a live database, of rows that would stop a statement: asked read only, each for a limited time.
//! Out: which questions, and what the answers mean (`lint::Precheck`). Called by the command `lint`.

use crate::client::{self, Client};
use groundline_core::{Fault, Place, Result};
use groundline_lint::{Finding, Precheck};

/// Milliseconds that one question may take, and that it may wait for a lock. It takes ACCESS SHARE only.
const PATIENCE: &str = "SET LOCAL statement_timeout = 60000; SET LOCAL lock_timeout = 2000";

/// What rows are in the way, and what could not be asked. A question of what the script itself makes has no answer yet,
/// and is none.
///
/// # Errors
/// The session is lost.
pub async fn in_the_way(client: &Client, prechecks: &[Precheck]) -> Result<(Vec<Finding>, Vec<Fault>)> {
    let execute = |sql: &'static str| async move {
        client.batch_execute(sql).await.map_err(|error| client::fault(&error))
    };
    let (mut found, mut unasked) = (Vec::new(), Vec::new());
    for precheck in prechecks {
        execute("BEGIN TRANSACTION READ ONLY").await?;
        execute(PATIENCE).await?;
        match ask(client, precheck).await {
            Ok((0, _)) => {}
            Ok((count, sample)) => found.push(precheck.finding(count, &sample)),
            Err(fault) if is_not_there_yet(&fault) => {}
            Err(fault) => {
                let what =
                    format!("whether {} has rows with {} is not known", precheck.relation, precheck.have);
                let place = Place::Object(format!("table {}", precheck.relation));
                unasked.push(Fault::new(what).at(place).why(fault.what));
            }
        }
        execute("ROLLBACK").await?;
    }
    Ok((found, unasked))
}

async fn ask(client: &Client, precheck: &Precheck) -> Result<(i64, Vec<String>)> {
    let fault = |error: tokio_postgres::Error| client::fault(&error);
    let count: i64 = client.query_one(&precheck.count, &[]).await.map_err(fault)?.get(0);
    if count == 0 {
        return Ok((0, Vec::new()));
    }
    let rows = client.query(&precheck.sample, &[]).await.map_err(fault)?;
    Ok((count, rows.iter().map(|row| row.get(0)).collect()))
}

/// `undefined_column`, `undefined_table`, `undefined_object`. Source: PostgreSQL manual, appendix A.
fn is_not_there_yet(fault: &Fault) -> bool {
    matches!(fault.sqlstate.as_deref(), Some("42703" | "42P01" | "42704"))
}
